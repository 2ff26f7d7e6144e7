using System.Net;
using System.Text;
using Connectors.Grok.Hosting.Tests.Support;
using Connectors.Grok.Tests;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Connectors.Grok.Hosting.Tests;

/// <summary>The C# blocks of docs/where-grok-runs.md that are marked as compiled, in their order, and what each of them sends.</summary>
public class WhereGrokRunsCode
{
    private const string Page = "docs/where-grok-runs.md";

    public static TheoryData<string> Hosts => ["foundry", "google", "bedrock", "oci", "openrouter", "gateway"];

    [Fact]
    public void Code_of_the_page_equals_the_compiled_code()
    {
        var page = CodeBlocks.OfPage(Repository.PathTo(Page)).ToList();
        var regions = CodeBlocks.OfSource(Repository.PathTo("tests/Connectors.Grok.Hosting.Tests/WhereGrokRunsCode.cs")).ToList();
        Assert.Equal(8, page.Count);
        Assert.Equal(regions, page);
    }

    [Theory]
    [MemberData(nameof(Hosts))]
    public async Task Code_of_the_page_sends_requests_to_its_host(string host)
    {
        var (options, address, header, value) = host switch
        {
            "foundry" => (Foundry("key-1"), "https://resource.services.ai.azure.com/openai/v1/responses", "Authorization", "Bearer key-1"),
            "google" => (Google(new Keys()), "https://aiplatform.googleapis.com/v1/projects/PROJECT/locations/global/endpoints/openapi/responses", "Authorization", "Bearer token-1"),
            "bedrock" => (Bedrock(new Keys()), "https://bedrock-runtime.us-east-1.amazonaws.com/openai/v1/responses", "Authorization", "Bearer current-1"),
            "oci" => (Oracle("key-1", "ocid1.project"), "https://inference.generativeai.us-chicago-1.oci.oraclecloud.com/openai/v1/responses", "OpenAI-Project", "ocid1.project"),
            "openrouter" => (OpenRouter("key-1"), "https://openrouter.ai/api/v1/responses", "Authorization", "Bearer key-1"),
            _ => (Gateway("key-1", "gateway-1"), "https://gateway.example/v1/responses", "cf-aig-authorization", "Bearer gateway-1"),
        };
        using var handler = new Recorder();
        using var http = new HttpClient(handler);
        using var client = new GrokChatClient(options, http);
        await client.GetResponseAsync("hi", cancellationToken: TestContext.Current.CancellationToken);
        var request = handler.Last!;
        Assert.Equal(address, request.RequestUri!.AbsoluteUri);
        Assert.Equal(value, Assert.Single(request.Headers.GetValues(header)));
        Assert.Contains($"\"model\":\"{options.Model}\"", handler.Body, StringComparison.Ordinal);
        Assert.Equal(host is "google" or "openrouter", handler.Body.Contains("\"store\":false", StringComparison.Ordinal));
    }

    [Fact]
    public void Code_of_the_page_registers_clients()
    {
        var builder = App.New(("ConnectionStrings:chat", "Endpoint=http://localhost:1/v1;Model=grok-4.6"));
        Signed(builder);
        using (var host = builder.Build())
        {
            Assert.True(host.Services.GetRequiredService<IOptions<GrokChatClientOptions>>().Value.HandlerAuthenticates);
            Assert.NotNull(host.Services.GetRequiredService<IChatClient>());
        }

        builder = App.New(("ConnectionStrings:chat", "Endpoint=http://localhost:1/v1;Model=grok-4.6"));
        Bound(builder);
        using var bound = builder.Build();
        Assert.Equal("grok-4.6", bound.Services.GetRequiredService<IOptions<GrokChatClientOptions>>().Value.Model);
    }

    [Fact]
    public void Table_of_the_page_names_a_test_for_each_place_or_none()
    {
        var rows = File.ReadAllLines(Repository.PathTo(Page)).Where(static l => l.StartsWith("| ", StringComparison.Ordinal) && char.IsAsciiDigit(l[2])).Select(static l => l.Split('|', StringSplitOptions.TrimEntries)).ToList();
        Assert.Equal(Enumerable.Range(1, 26), rows.Select(static r => int.Parse(r[1], System.Globalization.CultureInfo.InvariantCulture)));
        var sources = string.Concat(((string[])["Connectors.Grok.Tests", "Connectors.Grok.Hosting.Tests"]).SelectMany(static p => Directory.GetFiles(Repository.PathTo($"tests/{p}"), "*.cs", SearchOption.AllDirectories))
            .Where(static f => !f.Contains("/obj/", StringComparison.Ordinal)).Select(File.ReadAllText));
        Assert.Equal(["25"], rows.Where(r => !sources.Contains($" {r[4].Trim('`')}(", StringComparison.Ordinal)).Select(static r => r[1]));
    }

    private static GrokChatClientOptions Foundry(string key)
    {
        #region foundry
        var options = new GrokChatClientOptions
        {
            Endpoint = new("https://RESOURCE.services.ai.azure.com/openai/v1"),
            ApiKey = key,
            Model = "prod-chat",
            ModelNames = { ["prod-chat"] = "grok-4.7" },
        };
        #endregion
        return options;
    }

    private static GrokChatClientOptions Google(Keys google)
    {
        #region google
        var options = new GrokChatClientOptions
        {
            Endpoint = new("https://aiplatform.googleapis.com/v1/projects/PROJECT/locations/global/endpoints/openapi"),
            Credential = token => google.GetTokenAsync(token),
            Model = "xai/grok-4.7",
        };
        #endregion
        return options;
    }

    private static GrokChatClientOptions Bedrock(Keys keys)
    {
        #region bedrock
        var options = new GrokChatClientOptions
        {
            Endpoint = new("https://bedrock-runtime.us-east-1.amazonaws.com/openai/v1"),
            Credential = _ => new(keys.Current), // a short-term key lasts 12 hours at most
            Model = "us.xai.grok-4.7",
        };
        #endregion
        return options;
    }

    private static GrokChatClientOptions Oracle(string key, string project)
    {
        #region oci
        var options = new GrokChatClientOptions
        {
            Endpoint = new("https://inference.generativeai.us-chicago-1.oci.oraclecloud.com/openai/v1"),
            ApiKey = key,
            Headers = { ["OpenAI-Project"] = project },
            Model = "xai.grok-4.3",
        };
        #endregion
        return options;
    }

    private static GrokChatClientOptions OpenRouter(string key)
    {
        #region openrouter
        var options = new GrokChatClientOptions
        {
            Endpoint = new("https://openrouter.ai/api/v1"),
            ApiKey = key,
            Model = "x-ai/grok-4.7",
        };
        #endregion
        return options;
    }

    private static GrokChatClientOptions Gateway(string key, string gatewayToken)
    {
        #region gateway
        var options = new GrokChatClientOptions
        {
            Endpoint = new("https://gateway.example/v1"),
            ApiKey = key,
            CredentialHeader = "api-key",
            Headers = { ["cf-aig-authorization"] = $"Bearer {gatewayToken}" },
            Model = "grok-4.7",
        };
        #endregion
        return options;
    }

    private static void Signed(HostApplicationBuilder builder)
    {
        #region signed
        builder.AddGrokChatClient(static options =>
            {
                options.Endpoint = new("https://bedrock-runtime.us-east-1.amazonaws.com");
                options.HandlerAuthenticates = true;
            })
            .HttpClient.AddHttpMessageHandler(static () => new Signature());
        #endregion
    }

    private static void Bound(HostApplicationBuilder builder)
    {
        #region bound
        builder.AddGrokChatClient().BindConnectionString("chat");
        #endregion
    }

    private sealed class Keys
    {
        public string Current => "current-1";

        public ValueTask<string> GetTokenAsync(CancellationToken cancellationToken) => cancellationToken.IsCancellationRequested ? ValueTask.FromCanceled<string>(cancellationToken) : new("token-1");
    }

    private sealed class Signature : DelegatingHandler;

    private sealed class Recorder : HttpMessageHandler
    {
        public HttpRequestMessage? Last { get; private set; }

        public string Body { get; private set; } = "";

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            (Last, Body) = (request, await request.Content!.ReadAsStringAsync(cancellationToken));
            const string Answer = """{"id":"r","status":"completed","output":[{"type":"message","role":"assistant","content":[{"type":"output_text","text":"hi"}]}]}""";
            return new(HttpStatusCode.OK) { RequestMessage = request, Content = new StringContent(Answer, Encoding.UTF8, "application/json") };
        }
    }
}
