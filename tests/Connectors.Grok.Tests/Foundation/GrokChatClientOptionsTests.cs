using Connectors.Grok.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Foundation;

public class GrokChatClientOptionsTests
{
    private static readonly Uri Remote = new("https://api.x.ai/v1");

    [Theory]
    [InlineData("https://api.x.ai", "https://api.x.ai/v1")]
    [InlineData("https://api.x.ai/", "https://api.x.ai/v1")]
    [InlineData("https://api.x.ai/v1", "https://api.x.ai/v1")]
    [InlineData("https://api.x.ai/v1/", "https://api.x.ai/v1")]
    [InlineData("https://gateway.example/xai/v1", "https://gateway.example/xai/v1")]
    [InlineData("http://localhost:8787", "http://localhost:8787/v1")]
    [InlineData("http://[::1]:8787/v1", "http://[::1]:8787/v1")]
    public async Task Endpoint_is_normalized_to_its_v1_address(string given, string used)
    {
        var handler = new StubHandler().Json("""{"data":[]}""");
        var options = new GrokChatClientOptions { ApiKey = "k", Endpoint = new Uri(given) };
        using var http = new HttpClient(handler);
        using var client = new GrokChatClient(options, http);

        await client.GetService<GrokResponsesClient>()!.ListModelsAsync();

        Assert.Equal(used + "/models", handler.Requests[0].Uri.AbsoluteUri);
        Assert.Equal(new Uri(used), client.GetService<ChatClientMetadata>()!.ProviderUri);
    }

    [Theory]
    [InlineData("http://api.x.ai/v1", "https")]
    [InlineData("ftp://api.x.ai/v1", "http(s)")]
    [InlineData("https://user:secret@api.x.ai/v1", "bare address")]
    [InlineData("https://api.x.ai/v1?region=eu", "bare address")]
    public void Invalid_endpoint_throws_and_hides_its_credentials(string endpoint, string word)
    {
        var e = Assert.Throws<ArgumentException>(() => new GrokChatClientOptions { ApiKey = "k", Endpoint = new Uri(endpoint) }.Validate());
        Assert.Equal("Endpoint", e.ParamName);
        Assert.Contains(word, e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("xai-key\n")]
    [InlineData("xai key")]
    [InlineData("xai-key\r\nX-Evil: 1")]
    [InlineData("xai-kéy")]
    public void Malformed_api_key_throws_and_is_not_shown(string key)
    {
        var e = Assert.Throws<ArgumentException>(() => new GrokChatClientOptions { ApiKey = key, Endpoint = Remote }.Validate());
        Assert.Equal("ApiKey", e.ParamName);
        Assert.DoesNotContain(key, e.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Missing_api_key_is_allowed_for_loopback_endpoints_only()
    {
        Assert.SkipWhen(Environment.GetEnvironmentVariable("XAI_API_KEY") is { Length: > 0 }, "A key is set in the environment.");
        var e = Assert.Throws<ArgumentException>(() => new GrokChatClientOptions { Endpoint = Remote }.Validate());
        Assert.Contains("XAI_API_KEY", e.Message, StringComparison.Ordinal);
        new GrokChatClientOptions { Endpoint = Some.Endpoint }.Validate();
    }

    [Fact]
    public void Option_out_of_range_throws_with_its_name()
    {
        Named("Model", static o => o.Model = " ");
        Named("Timeout", static o => o.Timeout = TimeSpan.Zero);
        Named("StreamIdleTimeout", static o => o.StreamIdleTimeout = TimeSpan.FromDays(30));
        Named("ResponseHeadersTimeout", static o => o.ResponseHeadersTimeout = TimeSpan.Zero);
        Named("ConnectTimeout", static o => o.ConnectTimeout = TimeSpan.FromSeconds(-2));
        Named("MaxRetries", static o => o.MaxRetries = -1);
        Named("ContinuationInstructions", static o => o.ContinuationInstructions = (ContinuationInstructions)7);
        Named("ContinuationInstructions", static o => o.ContinuationInstructions = ContinuationInstructions.Restart);
        var infinite = new GrokChatClientOptions { Endpoint = Some.Endpoint, Timeout = Timeout.InfiniteTimeSpan };
        infinite.Validate();

        static void Named(string setting, Action<GrokChatClientOptions> spoil)
        {
            var options = new GrokChatClientOptions { Endpoint = Some.Endpoint };
            spoil(options);
            Assert.Equal(setting, Assert.Throws<ArgumentException>(() => new GrokChatClient(options)).ParamName);
        }
    }

    [Fact]
    public async Task Options_changed_after_construction_have_no_effect()
    {
        var handler = new StubHandler().Json(Some.Answer(Some.Message("ok")));
        var options = new GrokChatClientOptions { ApiKey = "before", Endpoint = Some.Endpoint, Model = "grok-4.6" };
        using var client = new GrokChatClient(options, new HttpClient(handler));
        (options.ApiKey, options.Model) = ("after", "grok-4.3");

        await client.GetResponseAsync("hi");

        Assert.Equal("grok-4.6", (string?)handler.LastJson["model"]);
        Assert.Equal("Bearer before", handler.Requests[0].Headers["Authorization"]);
    }
}
