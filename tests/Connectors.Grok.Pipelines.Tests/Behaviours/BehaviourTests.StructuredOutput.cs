using System.Text.Json.Serialization;
using Connectors.Grok.Emulator;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Pipelines.Tests.Behaviours;

/// <content><c>GetResponseAsync&lt;T&gt;</c> over the client, with and without a schema that the service enforces.</content>
public abstract partial class BehaviourTests
{
    /// <summary>Occupations, by name in JSON.</summary>
    [JsonConverter(typeof(JsonStringEnumConverter<Occupation>))]
    public enum Occupation
    {
        Wombat,
        PopStar,
        Programmer,
    }

    [Fact]
    public async Task Object_is_deserialized()
    {
        var person = await AskForAsync<Person>("Jimbo Smith is a 35-year-old programmer from Cardiff.", """{"fullName":"Jimbo Smith","ageInYears":35,"homeTown":"Cardiff","occupation":"Programmer"}""");
        Assert.Equal(new Person("Jimbo Smith", 35, "Cardiff", Occupation.Programmer), person);
    }

    [Fact]
    public async Task Array_is_deserialized()
    {
        var people = await AskForAsync<Person[]>(
            "Jimbo Smith and Josh Simpson are programmers from Wales.",
            """{"data":[{"fullName":"Jimbo Smith","ageInYears":35,"homeTown":"Cardiff","occupation":"Programmer"},{"fullName":"Josh Simpson","ageInYears":25,"homeTown":"Newport","occupation":"Programmer"}]}""");
        Assert.Equal(["Jimbo Smith", "Josh Simpson"], people.Select(static p => p.FullName));
    }

    [Fact]
    public async Task Integer_is_deserialized() => Assert.Equal(15, await AskForAsync<int>("There were 14 abstractions. We added one.", """{"data":15}"""));

    [Fact]
    public async Task String_is_deserialized() => Assert.Equal("Jimbo Smith", await AskForAsync<string>("What is Jimbo's full name?", """{"data":"Jimbo Smith"}"""));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Boolean_is_deserialized(bool value) => Assert.Equal(value, await AskForAsync<bool>("Is Jimbo a programmer?", $$"""{"data":{{(value ? "true" : "false")}}}"""));

    [Fact]
    public async Task Enum_is_deserialized() => Assert.Equal(Occupation.PopStar, await AskForAsync<Occupation>("What is Taylor Swift's job?", """{"data":"PopStar"}"""));

    [Fact]
    public async Task Function_results_become_a_structured_answer()
    {
        var expected = new Person("Jimbo Smith", 35, "Cardiff", Occupation.Programmer);
        const string json = """{"fullName":"Jimbo Smith","ageInYears":35,"homeTown":"Cardiff","occupation":"Programmer"}""";
        Answer("ID 123", static r => r.Call("GetPersonById", """{"personId":123}"""));
        AnswerResult(json, json);
        using var client = new FunctionInvokingChatClient(Create());
        var options = new ChatOptions { Tools = [AIFunctionFactory.Create((int personId) => personId == 123 ? expected : null, "GetPersonById")] };
        var response = await client.GetResponseAsync<Person>("Who is the person with ID 123?", options, cancellationToken: Now);
        Assert.Equal(expected, response.Result);
        Assert.NotSame(expected, response.Result);
        Assert.All(Emulator.Requests, static r => r.ShouldContain("\"json_schema\""));
    }

    [Fact]
    public async Task Json_without_a_schema_is_deserialized()
    {
        Answer("JSON", """{"fullName":"Jimbo Smith","ageInYears":35,"homeTown":"Cardiff","occupation":"Programmer"}""");
        List<ChatOptions?> passed = [];
        var client = Create().AsBuilder().Use((messages, options, next, cancellationToken) =>
        {
            passed.Add(options);
            return next(messages, options, cancellationToken);
        }).Build();
        var response = await client.GetResponseAsync<Person>("Jimbo Smith from Cardiff as JSON.", useJsonSchemaResponseFormat: false, cancellationToken: Now);
        Assert.Equal(("Jimbo Smith", "Cardiff"), (response.Result.FullName, response.Result.HomeTown));
        Assert.Null(Assert.IsType<ChatResponseFormatJson>(Assert.Single(passed)!.ResponseFormat).Schema);
        // The schema is in the messages instead.
        Emulator.Requests.Single().ShouldHave("text", """{"format":{"type":"json_object"}}""").ShouldContain("ageInYears");
    }

    private async Task<T> AskForAsync<T>(string question, string json)
    {
        Answer(question, json);
        var client = Create();
        var response = await client.GetResponseAsync<T>(question, cancellationToken: Now);
        var format = Emulator.Requests.Single().Json!.Value.GetProperty("text").GetProperty("format");
        Assert.Equal(("json_schema", "object"), (Text(format, "type"), Text(format.GetProperty("schema"), "type")));
        await AssertContinuesAsync(client, isStreamed: false, [new(ChatRole.User, question)], response);
        return response.Result;
    }

    public sealed record Person(string? FullName, int AgeInYears, string? HomeTown, Occupation Occupation);
}
