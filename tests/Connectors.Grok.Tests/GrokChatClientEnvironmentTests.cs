using Connectors.Grok.Foundation;
using Connectors.Grok.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests;

[Collection("environment and console")]
public class GrokChatClientEnvironmentTests
{
    private const string Key = "xai-from-environment";

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Key)]
    [InlineData(null)]
    public void Constructor_takes_the_API_key_from_the_environment_when_none_is_passed_and_throws_without_any(string? key) => With(key, null, () =>
    {
        if (key is null)
        {
            Assert.Throws<ArgumentException>("ApiKey", static () => new GrokChatClient("grok-4.7", endpoint: new Uri("https://api.x.ai")));
            return;
        }

        using var client = new GrokChatClient("grok-4.7", endpoint: new Uri("https://api.x.ai"));
        Assert.Equal(key, ((IChatClient)client).GetService<GrokSettings>()!.ApiKey);
    });

    [Theory]
    [InlineData("https://api.x.ai/v1", true)]
    [InlineData("https://us.api.x.ai:8443/v1", true)]
    [InlineData("https://x.ai", true)]
    [InlineData("https://API.X.AI./v1", true)]
    [InlineData("http://localhost:8787", true)]
    [InlineData("http://127.0.0.1:8787", true)]
    [InlineData("https://api.x.ai.example.org/v1", false)]
    [InlineData("https://notx.ai/v1", false)]
    [InlineData("https://example.org/api.x.ai", false)]
    [InlineData("https://res.services.ai.azure.com/openai/v1", false)]
    [InlineData("https://openrouter.ai/api/v1", false)]
    public void Key_of_the_environment_is_for_hosts_of_xAI_and_loopback_only(string endpoint, bool isTaken) => With(Key, null, () =>
    {
        var options = new GrokChatClientOptions { Endpoint = new(endpoint) };
        if (isTaken)
        {
            Assert.Equal(Key, GrokSettings.From(options).ApiKey);
            return;
        }

        var e = Assert.Throws<ArgumentException>("ApiKey", options.Validate);
        Assert.Contains("XAI_API_KEY is sent to hosts of x.ai, to loopback addresses and to the address in XAI_BASE_URL only", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Key, e.ToString(), StringComparison.Ordinal);
    });

    [Fact]
    public void Key_of_the_environment_is_for_the_address_of_the_environment() => With(Key, "https://gateway.example/v1", static () =>
    {
        Assert.Equal(Key, GrokSettings.From(new()).ApiKey);
        // The address must come from there, not merely be the same host.
        Assert.Throws<ArgumentException>("ApiKey", static () => GrokSettings.From(new() { Endpoint = new("https://gateway.example/other") }));
    });

    [Fact]
    public async Task Key_of_the_environment_does_not_reach_a_foreign_host_that_has_a_credential_of_its_own()
    {
        var handler = new StubHandler().Json("""{"data":[]}""").Json("""{"data":[]}""").Json("""{"data":[]}""");
        using var http = new HttpClient(handler);
        GrokChatClientOptions[] all =
        [
            new() { Endpoint = new("https://openrouter.ai/api/v1"), ApiKey = "sk-or-1" },
            new() { Endpoint = new("https://openrouter.ai/api/v1"), Credential = static _ => new("token") },
            new() { Endpoint = new("https://api.x.ai/v1"), HandlerAuthenticates = true },
        ];
        List<GrokResponsesClient> clients = [];
        With(Key, "https://gateway.example/v1", () => clients.AddRange(all.Select(o => new GrokResponsesClient(o, http))));
        foreach (var client in clients)
        {
            await client.ListModelsAsync(Now);
        }

        Assert.Equal(["Bearer sk-or-1", "Bearer token", null], handler.Requests.Select(static r => r.Headers.GetValueOrDefault("Authorization")));
    }

    private static void With(string? key, string? address, Action test)
    {
        var before = (Environment.GetEnvironmentVariable("XAI_API_KEY"), Environment.GetEnvironmentVariable("XAI_BASE_URL"));
        try
        {
            Environment.SetEnvironmentVariable("XAI_API_KEY", key);
            Environment.SetEnvironmentVariable("XAI_BASE_URL", address);
            test();
        }
        finally
        {
            Environment.SetEnvironmentVariable("XAI_API_KEY", before.Item1);
            Environment.SetEnvironmentVariable("XAI_BASE_URL", before.Item2);
        }
    }
}
