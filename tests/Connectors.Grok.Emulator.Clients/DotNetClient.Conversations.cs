using System.Text.Json;
using OpenAI.Responses;

namespace Connectors.Grok.Emulator.Clients;

internal sealed partial class DotNetClient
{
    private static readonly BinaryData City = BinaryData.FromString("""{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}""");

    private static readonly BinaryData Person = BinaryData.FromString(
        """{"type":"object","properties":{"name":{"type":"string"},"age":{"type":"integer"}},"required":["name","age"],"additionalProperties":false}""");

    private Dictionary<string, Func<Task>> Conversations() => new()
    {
        ["create"] = async () => Must((await SayAsync("What is 2 + 2?")).GetOutputText() == "2 + 2 equals 4.", "wrong text"),
        ["chain"] = async () =>
        {
            var first = await SayAsync("My name is Alice.");
            Must((await SayAsync("What's my name?", first.Id)).GetOutputText().Contains("Alice", StringComparison.Ordinal), "forgotten");
        },
        ["fork"] = ForkAsync,
        ["stream with gap-free sequence numbers"] = async () =>
        {
            var updates = await StreamAsync(Client(), Options("Count to 20"));
            Must(updates.Select((update, index) => update.SequenceNumber == index).All(fits => fits), "a gap");
            Must(updates[^1] is StreamingResponseCompletedUpdate, "no end");
        },
        ["reasoning"] = async () =>
        {
            var response = await SayAsync("Hello", more: options => options.ReasoningOptions = new ResponseReasoningOptions { ReasoningEffortLevel = ResponseReasoningEffortLevel.High });
            Must(response.OutputItems.OfType<ReasoningResponseItem>().Single().GetSummaryText().Length > 0, "no summary");
        },
        ["encrypted replay"] = EncryptedReplayAsync,
        ["function call"] = async () =>
        {
            var first = await SayAsync("What is the weather in Oslo?", more: OfferWeather);
            var call = first.OutputItems.OfType<FunctionCallResponseItem>().Single();
            Must(call.FunctionArguments.ToString() == """{"city":"Oslo"}""", call.FunctionArguments.ToString());
            var second = new CreateResponseOptions(Model, [ResponseItem.CreateFunctionCallOutputItem(call.CallId, "rain")]) { PreviousResponseId = first.Id };
            Must((await CreateAsync(second)).GetOutputText().Contains("rain", StringComparison.Ordinal), "the result is ignored");
        },
        ["streamed function call"] = async () =>
        {
            var updates = await StreamAsync(Client(), Options("What is the weather in Oslo?", more: OfferWeather));
            var deltas = string.Concat(updates.OfType<StreamingResponseFunctionCallArgumentsDeltaUpdate>().Select(update => update.Delta.ToString()));
            Must(deltas == """{"city":"Oslo"}""", deltas);
        },
        ["structured output"] = async () =>
        {
            var response = await SayAsync("My name is Alice and I am 30.", more: options => options.TextOptions = new ResponseTextOptions
            {
                TextFormat = ResponseTextFormat.CreateJsonSchemaFormat("person", Person, jsonSchemaIsStrict: true),
            });
            using var person = JsonDocument.Parse(response.GetOutputText());
            Must(person.RootElement.GetProperty("age").TryGetInt32(out _), response.GetOutputText());
        },
        ["citations"] = CitationsAsync,
        ["retrieve"] = async () =>
        {
            var first = await SayAsync("Hello");
            Must((await Client().GetResponseAsync(first.Id)).Value.GetOutputText() == first.GetOutputText(), "another text");
        },
        ["delete"] = async () => Must((await Client().DeleteResponseAsync((await SayAsync("Hello")).Id)).Value.Deleted, "not deleted"),
        ["deleted, then 404 with its error text"] = DeletedAsync,
        ["abort"] = async () => Must(await AbortAsync() == 4, "not four updates"),
        ["wrong key"] = async () =>
        {
            var error = await FailsAsync(Client(otherKey: "xai-wrong-key").CreateResponseAsync(Options("Hello")));
            Must(error.Status == 400 && Raw(error).Contains("Incorrect API key provided", StringComparison.Ordinal), error.Message);
        },
    };

    private async Task ForkAsync()
    {
        var root = await SayAsync("My name is Alice.");
        foreach (var colour in (string[])["red", "blue"])
        {
            var fork = await SayAsync($"My favourite colour is {colour}.", root.Id);
            Must((await SayAsync("What is my favourite colour?", fork.Id)).GetOutputText().Contains(colour, StringComparison.Ordinal), "mixed up");
        }
    }

    private async Task EncryptedReplayAsync()
    {
        var question = Options("My name is Alice.", more: Stateless);
        var first = await CreateAsync(question);
        Must(first.OutputItems.OfType<ReasoningResponseItem>().Single().EncryptedContent is { Length: > 40 }, "no blob");
        var replay = new CreateResponseOptions(Model, [.. question.InputItems, .. first.OutputItems, ResponseItem.CreateUserMessageItem("What's my name?")]);
        Stateless(replay);
        Must((await CreateAsync(replay)).GetOutputText().Contains("Alice", StringComparison.Ordinal), "forgotten");
    }

    private async Task CitationsAsync()
    {
        var response = await SayAsync("Search the news", more: options => options.Tools.Add(ResponseTool.CreateWebSearchTool()));
        var part = response.OutputItems.OfType<MessageResponseItem>().Single().Content[0];
        var cited = part.OutputTextAnnotations.OfType<UriCitationMessageAnnotation>().ToList();
        Must(cited.Count == 2 && cited.TrueForAll(citation => part.Text[citation.StartIndex..citation.EndIndex].Contains(citation.Uri.ToString(), StringComparison.Ordinal)), "spans");
    }

    private async Task DeletedAsync()
    {
        var id = (await SayAsync("Hello")).Id;
        await Client().DeleteResponseAsync(id);
        foreach (var gone in (Func<Task>[])[() => Client().GetResponseAsync(id), () => Client().DeleteResponseAsync(id), () => SayAsync("Hello", id)])
        {
            var error = await FailsAsync(gone());
            Must(error.Status == 404 && Raw(error).Contains($"Response with id={id} not found", StringComparison.Ordinal), error.Message);
        }
    }

    private async Task<int> AbortAsync(string fault = "stall; after=4")
    {
        using var stop = new CancellationTokenSource();
        var options = Options("Hello");
        options.StreamingEnabled = true;
        var seen = 0;
        try
        {
            await foreach (var _ in await Client(fault).CreateResponseStreamingAsync(options, stop.Token))
            {
                if (++seen == 4)
                {
                    await stop.CancelAsync();
                }
            }
        }
        catch (OperationCanceledException)
        {
            return seen;
        }

        throw new InvalidOperationException("not cancelled");
    }

    private static string Raw(System.ClientModel.ClientResultException error) => error.GetRawResponse()?.Content.ToString() ?? "";

    private static void OfferWeather(CreateResponseOptions options) => options.Tools.Add(new FunctionTool("get_weather", City, strictModeEnabled: false));

    private static void Stateless(CreateResponseOptions options)
    {
        options.StoredOutputEnabled = false;
        options.IncludedProperties.Add(IncludedResponseProperty.ReasoningEncryptedContent);
    }
}
