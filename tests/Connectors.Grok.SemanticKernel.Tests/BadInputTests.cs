using Connectors.Grok.Emulator;
using Connectors.Grok.SemanticKernel.Tests.Support;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;

namespace Connectors.Grok.SemanticKernel.Tests;

/// <summary>Invalid input throws Semantic Kernel exceptions with helpful messages.</summary>
public sealed class BadInputTests : KernelTest
{
    private static readonly Uri Remote = new("https://grok.example/v1");

    [Theory]
    [InlineData("key")]
    [InlineData("http")]
    [InlineData("options")]
    [InlineData("client")]
    public void Missing_key_throws_kernel_exception(string kind)
    {
        using var http = new HttpClient();
        var builder = Kernel.CreateBuilder();
        object _ = kind switch
        {
            "key" => builder.AddGrokChatCompletion("grok-4.7", "", Remote),
            "http" => builder.AddGrokChatCompletion("grok-4.7", "", Remote, httpClient: http),
            "options" => builder.AddGrokChatCompletion(o => (o.ApiKey, o.Endpoint) = ("", Remote)),
            _ => builder.Services.AddGrokChatClient(static o => (o.ApiKey, o.Endpoint) = ("", Remote)).ForSemanticKernel(),
        };
        var kernel = builder.Build();
        var failure = Assert.Throws<KernelException>(() => kind == "client" ? kernel.GetRequiredService<IChatClient>() : (object)kernel.GetRequiredService<IChatCompletionService>());
        Assert.Contains("key", failure.Message, StringComparison.OrdinalIgnoreCase);
        Assert.IsType<ArgumentException>(failure.InnerException, exactMatch: false);
    }

    [Fact]
    public async Task Unknown_service_id_throws_kernel_exception()
    {
        var kernel = Integration.Package.Kernel(Client());
        var settings = new GrokPromptExecutionSettings { ServiceId = "nobody" };
        var failure = await Assert.ThrowsAsync<KernelException>(() => kernel.InvokePromptAsync("Hello.", new(settings)));
        Assert.Contains("No service was found", failure.Message, StringComparison.Ordinal);
        Assert.Empty(Requests);
    }

    [Fact]
    public async Task Settings_of_another_provider_throw_kernel_exception()
    {
        var chat = Integration.Package.Chat(Integration.Package.Kernel(Client()));
        var failure = await Assert.ThrowsAsync<KernelException>(() => chat.GetChatMessageContentAsync("Hello.", new OtherProviderSettings()));
        Assert.Contains(nameof(OtherProviderSettings), failure.Message, StringComparison.Ordinal);
        Assert.Empty(Requests);
    }

    [Theory]
    [InlineData("""{"tools":["web_serch"]}""", "web_serch")]
    [InlineData("""{"tools":[{"name":"web_search"}]}""", "without a type")]
    [InlineData("""{"temperature":"warm"}""", "temperature")]
    [InlineData("""{"max_tokens":1.5}""", "max_tokens")]
    [InlineData("""{"store":"maybe"}""", "store")]
    [InlineData("""{"stop_sequences":[["a"]]}""", "stop_sequences")]
    [InlineData("""{"extra_body":"none"}""", "extra_body")]
    public async Task Invalid_setting_in_json_prompt_throws_kernel_exception(string settings, string word)
    {
        var prompt = PromptTemplateConfig.FromJson($$$"""{"name":"Bad","template":"Hello.","execution_settings":{"default":{{{settings}}}}}""");
        var failure = await Assert.ThrowsAsync<KernelException>(() => Integration.Package.Kernel(Client()).InvokeAsync(KernelFunctionFactory.CreateFromPrompt(prompt)));
        Assert.Contains(word, failure.Message, StringComparison.Ordinal);
        Assert.Empty(Requests);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Unsupported_content_throws_kernel_exception(bool isStreamed)
    {
        ChatHistory history = [new ChatMessageContent(AuthorRole.User, [new AudioContent(new byte[] { 1 }, "audio/wav")])];
        await Assert.ThrowsAsync<KernelException>(() => SendAsync(Integration.Package.Chat(Integration.Package.Kernel(Client())), history, "Hello.", isStreamed));
        Assert.Empty(Requests);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Service_failure_throws_http_operation_exception_with_status_and_body(bool isStreamed)
    {
        Emulator.Faults.Enqueue(Fault.QuotaExceeded());
        var chat = Integration.Package.Chat(Integration.Package.Kernel(Client()));
        var failure = await Assert.ThrowsAsync<HttpOperationException>(() => SendAsync(chat, [], "Hello.", isStreamed));
        var cause = Assert.IsType<GrokException>(failure.InnerException);
        Assert.Equal(GrokErrorKind.Quota, cause.Kind);
        Assert.Equal(429, (int?)failure.StatusCode);
        Assert.Equal(cause.Message, failure.Message);
        Assert.Equal(cause.Body, failure.ResponseContent);
    }

    [Fact]
    public async Task Broken_stream_throws_and_leaves_the_history_unchanged()
    {
        Emulator.Faults.Enqueue(Fault.CutAfter(8));
        var chat = Integration.Package.Chat(Integration.Package.Kernel(Client()));
        var history = new ChatHistory("You are brief.");
        history.AddUserMessage("Hello.");
        var chunks = 0;
        await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            await foreach (var _ in chat.GetStreamingChatMessageContentsAsync(history))
            {
                chunks++;
            }
        });
        Assert.Equal(2, history.Count);
    }

    [Fact]
    public void Chunks_of_another_provider_cannot_be_converted_to_a_message() =>
        Assert.Throws<ArgumentException>(() => new List<StreamingChatMessageContent> { new(AuthorRole.Assistant, "A chunk of another provider.") }.ToChatMessageContent());
}
