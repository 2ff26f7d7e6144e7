using Connectors.Grok.Hosting.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Connectors.Grok.Hosting.Tests;

/// <summary>Connection strings in the forms of .NET Aspire.</summary>
public class ConnectionStringTests
{
    private const string Secret = "never-in-a-message";

    [Theory]
    [InlineData("Endpoint=https://res.services.ai.azure.com/;Key=k-1;Deployment=prod-chat", "https://res.services.ai.azure.com/", "k-1", "prod-chat", null)]
    [InlineData("Endpoint=https://res.cognitiveservices.azure.com/;EndpointAIInference=https://res.services.ai.azure.com/models;DeploymentId=prod-chat;Model=grok-4.7;ApiKey=k-1", "https://res.services.ai.azure.com/", "k-1", "prod-chat", "grok-4.7")]
    [InlineData("Endpoint=https://res.services.ai.azure.com/models;Key=k-1;DeploymentId=prod-chat", "https://res.services.ai.azure.com/", "k-1", "prod-chat", null)]
    [InlineData("Endpoint=https://api.x.ai/v1;AccessKey=k-1;Model=grok-4.6", "https://api.x.ai/v1", "k-1", "grok-4.6", null)]
    [InlineData(" endpoint = \"http://localhost:8787/v1\" ; ; model = grok-4.3 ; Unknown = x ", "http://localhost:8787/v1", null, "grok-4.3", null)]
    [InlineData("http://localhost:8787/openai/v1/", "http://localhost:8787/openai/v1", null, GrokChatClientOptions.DefaultModel, null)]
    [InlineData("Key=k=1;Model=", "http://localhost/v1", "k=1", GrokChatClientOptions.DefaultModel, null)]
    public void Connection_string_sets_endpoint_key_and_model(string text, string endpoint, string? key, string model, string? identity)
    {
        var builder = App.New(("ConnectionStrings:chat", text), ("Grok:Endpoint", App.Loopback));
        builder.AddGrokChatClient().BindConnectionString("chat");
        using var host = builder.Build();
        var options = host.Services.GetRequiredService<IOptions<GrokChatClientOptions>>().Value;
        Assert.Equal((new Uri(endpoint), key, model, identity), (options.Endpoint, options.ApiKey, options.Model, options.ModelNames.TryGetValue(model, out var known) ? known : null));
    }

    [Fact]
    public void Section_is_read_before_the_connection_string_and_code_after_it()
    {
        var builder = App.New(("ConnectionStrings:chat", "Endpoint=http://localhost:1/v1;Model=b"), ("Grok:Endpoint", App.Loopback), ("Grok:Model", "a"), ("Grok:MaxRetries", "7"));
        builder.AddKeyedGrokChatClient("chat", static o => o.Model = "c").BindConnectionString("chat");
        builder.AddKeyedGrokChatClient("plain");
        using var host = builder.Build();
        var all = host.Services.GetRequiredService<IOptionsMonitor<GrokChatClientOptions>>();
        Assert.Equal(("c", 7, 1), (all.Get("chat").Model, all.Get("chat").MaxRetries, all.Get("chat").Endpoint!.Port));
        Assert.Equal("a", all.Get("plain").Model);
    }

    [Fact]
    public async Task Key_of_the_section_is_not_sent_to_the_endpoint_of_the_connection_string()
    {
        var builder = App.New(("ConnectionStrings:chat", "https://res.services.ai.azure.com"), ("Grok:ApiKey", Secret));
        builder.AddGrokChatClient().BindConnectionString("chat");
        Assert.Contains("ApiKey is missing: to talk to res.services.ai.azure.com, set it or Credential", await FailureAsync(builder), StringComparison.Ordinal);
        var withCredential = App.New(("ConnectionStrings:chat", "https://res.services.ai.azure.com"), ("Grok:ApiKey", Secret));
        withCredential.AddGrokChatClient(static o => o.Credential = static _ => new("token")).BindConnectionString("chat");
        using var host = withCredential.Build();
        await host.StartAsync(TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData(null, "There is no connection string 'chat'.")]
    [InlineData("", "There is no connection string 'chat'.")]
    [InlineData(Secret, "The connection string 'chat' must be an address, or values such as")]
    [InlineData("Endpoint=" + Secret, "The connection string 'chat' must have an absolute address as its Endpoint.")]
    public async Task Unusable_connection_string_is_reported_without_its_value(string? text, string words)
    {
        var builder = App.New(("ConnectionStrings:chat", text), ("Grok:Endpoint", App.Loopback));
        var client = builder.AddGrokChatClient().BindConnectionString("chat");
        Assert.Throws<ArgumentException>("connectionName", () => client.BindConnectionString(" "));
        Assert.Contains(words, await FailureAsync(builder), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Input", "2", "Output", "6", "CachedInput", "0.5", null)]
    [InlineData("Input", "2", "Output", "6", "Other", "0.5", null)]
    [InlineData("Input", "2", "Output", "much", "CachedInput", "0.5", "Grok:Prices:grok-4.7 must have Input, CachedInput and Output")]
    [InlineData("Input", "2", "Output", "200000", "CachedInput", "0.5", "Grok:Prices:grok-4.7 must have Input, CachedInput and Output")]
    [InlineData("Input", "2", "CachedInput", "1", "Other", "1", "Grok:Prices:grok-4.7 must have Input, CachedInput and Output")]
    public async Task Settings_of_models_and_hosts_are_read_from_the_configuration(string a, string price, string b, string other, string c, string third, string? failure)
    {
        var builder = App.New(
            ("Grok:Endpoint", App.Loopback), ("Grok:ModelNames:prod-chat", "grok-4.7"), ($"Grok:Prices:grok-4.7:{a}", price), ($"Grok:Prices:grok-4.7:{b}", other), ($"Grok:Prices:grok-4.7:{c}", third));
        builder.AddGrokChatClient();
        if (failure is not null)
        {
            Assert.Contains(failure, await FailureAsync(builder), StringComparison.Ordinal);
            return;
        }

        using var host = builder.Build();
        var options = host.Services.GetRequiredService<IOptions<GrokChatClientOptions>>().Value;
        Assert.Equal("grok-4.7", options.ModelNames["prod-chat"]);
        Assert.Equal(GrokModelPrices.FromUsdPerMillionTokens(2m, c == "CachedInput" ? 0.5m : 2m, 6m), options.Prices["grok-4.7"]);
    }

    private static async Task<string> FailureAsync(HostApplicationBuilder builder)
    {
        using var host = builder.Build();
        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(TestContext.Current.CancellationToken));
        Assert.DoesNotContain(Secret, failure.ToString(), StringComparison.Ordinal);
        return failure.Message;
    }
}
