using Connectors.Grok.Foundation;
using Connectors.Grok.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Foundation;

/// <summary>The defaults of hosts that offer Grok, and the options that override them.</summary>
public class KnownHostTests
{
    private const string Google = "https://aiplatform.googleapis.com/v1/projects/p/locations/global/endpoints/openapi";

    [Theory]
    [InlineData("https://res.services.ai.azure.com", "https://res.services.ai.azure.com/openai/v1/")]
    [InlineData("https://res.openai.azure.com/", "https://res.openai.azure.com/openai/v1/")]
    [InlineData("https://res.cognitiveservices.azure.com", "https://res.cognitiveservices.azure.com/openai/v1/")]
    [InlineData("https://res.services.ai.azure.com/api/projects/p", "https://res.services.ai.azure.com/api/projects/p/openai/v1/")]
    [InlineData("https://res.services.ai.azure.com/api/projects/p/", "https://res.services.ai.azure.com/api/projects/p/openai/v1/")]
    [InlineData("https://res.services.ai.azure.com/api/projects/p/openai/v1", "https://res.services.ai.azure.com/api/projects/p/openai/v1/")]
    [InlineData("https://res.services.ai.azure.com/openai/v1/", "https://res.services.ai.azure.com/openai/v1/")]
    [InlineData("https://bedrock-runtime.us-east-1.amazonaws.com", "https://bedrock-runtime.us-east-1.amazonaws.com/openai/v1/")]
    [InlineData("https://bedrock-mantle.us-east-1.api.aws", "https://bedrock-mantle.us-east-1.api.aws/openai/v1/")]
    [InlineData("https://inference.generativeai.us-chicago-1.oci.oraclecloud.com", "https://inference.generativeai.us-chicago-1.oci.oraclecloud.com/openai/v1/")]
    [InlineData("https://openrouter.ai", "https://openrouter.ai/api/v1/")]
    [InlineData("https://ai-gateway.vercel.sh", "https://ai-gateway.vercel.sh/v1/")]
    [InlineData("https://us.api.x.ai", "https://us.api.x.ai/v1/")]
    [InlineData("https://api.x.ai/api/projects/p", "https://api.x.ai/api/projects/p/")]
    [InlineData(Google, Google + "/")]
    public void Address_without_a_path_gets_that_of_its_host(string given, string used) => Assert.Equal(new Uri(used), Settings(given).Endpoint);

    [Fact]
    public void Address_that_lacks_parts_is_rejected_with_its_form()
    {
        var e = Assert.Throws<ArgumentException>("Endpoint", static () => Settings("https://aiplatform.googleapis.com"));
        Assert.Contains("must have the form https://aiplatform.googleapis.com/v1/projects/PROJECT", e.Message, StringComparison.Ordinal);
        e = Assert.Throws<ArgumentException>("Endpoint", static () => Settings("https://res.services.ai.azure.com/openai/responses?api-version=2025-04-01-preview"));
        Assert.Contains("https://RESOURCE.services.ai.azure.com/openai/v1, which takes no api-version", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://api.x.ai", "x_ai", null, 30, 0)]
    [InlineData("https://gateway.example/v1", "x_ai", null, 30, 0)]
    [InlineData("https://res.services.ai.azure.com", "azure.ai.inference", null, 30, 35)]
    [InlineData(Google, "gcp.vertex_ai", false, 30, 0)]
    [InlineData("https://bedrock-runtime.us-east-1.amazonaws.com", "aws.bedrock", null, 30, 0)]
    [InlineData("https://inference.generativeai.us-chicago-1.oci.oraclecloud.com", "oci.generative_ai", null, null, 0)]
    [InlineData("https://openrouter.ai", "openrouter", false, 30, 0)]
    public void Host_sets_the_defaults_of_options(string endpoint, string provider, bool? store, int? days, int seconds)
    {
        var settings = Settings(endpoint);
        Assert.Equal((provider, store, TimeSpan.FromSeconds(seconds)), (settings.Hosting.ProviderName, settings.Store, settings.Hosting.NewResponseTimeout));
        Assert.Equal(days, settings.Host.Retention?.TotalDays is { } d ? (int)d : null);
        using var client = new GrokChatClient(new GrokChatClientOptions { ApiKey = "k-1", Endpoint = new(endpoint) });
        Assert.Equal(provider, client.GetService<ChatClientMetadata>()!.ProviderName);
    }

    [Fact]
    public void Options_override_every_default_of_the_host()
    {
        var settings = Settings(Google, static o =>
        {
            (o.ProviderName, o.Store, o.NewResponseTimeout, o.StoredResponsesEndpoint) = ("mine", true, TimeSpan.FromSeconds(3), new("https://aiplatform.googleapis.com/v2/x"));
            o.ReasoningEfforts["xai/"] = ["high"];
        });
        Assert.Equal(("mine", true, TimeSpan.FromSeconds(3), new Uri("https://aiplatform.googleapis.com/v2/x/")), (settings.Hosting.ProviderName, settings.Store, settings.Hosting.NewResponseTimeout, settings.Hosting.StoredEndpoint));
        Assert.True(ModelProfile.TakesEffort("xai/grok-4.7", "high", settings));
    }

    [Theory]
    [InlineData(Google, "xai/grok-4.7", "low", false)]
    [InlineData("https://res.services.ai.azure.com", "grok-4.7", "high", true)]
    [InlineData("https://res.services.ai.azure.com", "grok-4.7", "xhigh", false)]
    [InlineData("https://res.services.ai.azure.com", "prod-chat", "xhigh", false)]
    [InlineData("https://res.services.ai.azure.com", "grok-4-20-reasoning", "low", false)]
    [InlineData("https://bedrock-runtime.us-east-1.amazonaws.com", "us.xai.grok-4.7", "xhigh", true)]
    public void Effort_must_be_one_of_the_model_and_of_the_host(string endpoint, string model, string effort, bool isTaken) =>
        Assert.Equal(isTaken, ModelProfile.TakesEffort(model, effort, Settings(endpoint)));

    [Fact]
    public void Wrong_options_are_rejected_by_name()
    {
        Named("ModelNames", static o => o.ModelNames["prod-chat"] = " ");
        Named("Prices", static o => o.Prices[" "] = GrokModelPrices.FromUsdPerMillionTokens(1, 1, 1));
        Named("Prices", static o => o.Prices["grok"] = new(-1, 0, 0));
        Named("NewResponseTimeout", static o => o.NewResponseTimeout = TimeSpan.FromMinutes(11));
        Named("ProviderName", static o => o.ProviderName = "");
        Named("StoredResponsesEndpoint", static o => o.StoredResponsesEndpoint = new("https://elsewhere.example/v1"));
        Named("StoredResponsesEndpoint", static o => o.StoredResponsesEndpoint = new("http://elsewhere.example/v1"));
        Named("StoredResponsesEndpoint", static o => o.StoredResponsesEndpoint = new("responses", UriKind.Relative));
        Assert.Throws<ArgumentOutOfRangeException>("output", static () => GrokModelPrices.FromUsdPerMillionTokens(1, 1, -1));
        Assert.Equal(new GrokModelPrices(20_000, 5_000, 60_000), GrokModelPrices.FromUsdPerMillionTokens(2m, 0.5m, 6m));

        static void Named(string setting, Action<GrokChatClientOptions> spoil) => Assert.Throws<ArgumentException>(setting, () => Settings("https://api.x.ai", spoil));
    }

    [Fact]
    public async Task Stored_responses_are_read_and_deleted_where_the_host_has_them()
    {
        var handler = new StubHandler().Json(Some.Answer(Some.Message("hi"))).Json(Some.Answer(Some.Message("hi"))).Json("""{"id":"r","deleted":true}""").Json("""{"data":[]}""");
        using var http = new HttpClient(handler);
        using var client = new GrokResponsesClient(new GrokChatClientOptions { ApiKey = "k-1", Endpoint = new(Google), AlwaysStream = false }, http);
        await client.CreateAsync(new() { Input = [] }, TestContext.Current.CancellationToken);
        await client.GetAsync("r", TestContext.Current.CancellationToken);
        await client.DeleteAsync("r", TestContext.Current.CancellationToken);
        await client.ListInputItemsAsync("r", cancellationToken: TestContext.Current.CancellationToken).ToListAsync();
        var beta = Google.Replace("/v1/", "/v1beta1/", StringComparison.Ordinal);
        Assert.Equal([$"{Google}/responses", $"{beta}/responses/r", $"{beta}/responses/r", $"{beta}/responses/r/input_items"], handler.Requests.Select(static r => r.Uri.AbsoluteUri));
    }

    [Fact]
    public async Task Host_without_state_gets_unstored_requests_with_encrypted_reasoning()
    {
        var handler = new StubHandler().Json(Some.Answer(Some.Message("hi"))).Json(Some.Answer(Some.Message("hi")));
        using var client = Some.Client(handler, static o => o.Endpoint = new("https://openrouter.ai"));
        var answer = await client.GetResponseAsync("q");
        Assert.Null(answer.ConversationId);
        Assert.False((bool?)handler.LastJson["store"]);
        Assert.Equal("reasoning.encrypted_content", (string?)handler.LastJson["include"]![0]);
        var e = await Assert.ThrowsAsync<InvalidOperationException>(() => client.GetResponseAsync("q", new() { ConversationId = Some.Id }));
        Assert.Contains("openrouter.ai stores no responses without permission", e.Message, StringComparison.Ordinal);
        await client.GetResponseAsync("q", new ChatOptions { ConversationId = Some.Id }.WithStore(true));
        Assert.True((bool?)handler.LastJson["store"]);
    }

    private static GrokSettings Settings(string endpoint, Action<GrokChatClientOptions>? configure = null) => Some.Settings(o =>
    {
        o.Endpoint = new(endpoint);
        configure?.Invoke(o);
    });
}
