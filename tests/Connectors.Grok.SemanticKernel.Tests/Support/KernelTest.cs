using System.Text;
using Connectors.Grok.Emulator;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;

namespace Connectors.Grok.SemanticKernel.Tests.Support;

/// <summary>The base class of tests with a kernel over an emulator.</summary>
public abstract class KernelTest : IAsyncLifetime
{
    private HttpClient _http = null!;

    private protected GrokEmulator Emulator { get; private set; } = null!;

    private protected Wire Wire { get; private set; } = null!;

    private protected IReadOnlyList<RecordedRequest> Requests => Emulator.Requests;

    public async ValueTask InitializeAsync()
    {
        Emulator = await GrokEmulator.StartAsync();
        Wire = new Wire(new SocketsHttpHandler());
        _http = new HttpClient(Wire);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await Emulator.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>Restarts with a new emulator.</summary>
    private protected async Task RestartAsync()
    {
        await DisposeAsync();
        await InitializeAsync();
    }

    private protected GrokChatClient Client(bool? store = null) =>
        new(new GrokChatClientOptions { ApiKey = "xai-test", Endpoint = Emulator.BaseAddress, Store = store, MaxRetries = 0, RecoveryTimeout = TimeSpan.Zero }, _http);

    /// <summary>Sends a message and adds the answer to the history, as Semantic Kernel's documentation does, with or without streaming.</summary>
    private protected static async Task<string> SendAsync(
        IChatCompletionService chat, ChatHistory history, string text, bool isStreamed, PromptExecutionSettings? settings = null, Kernel? kernel = null)
    {
        history.AddUserMessage(text);
        if (!isStreamed)
        {
            var answer = await chat.GetChatMessageContentAsync(history, settings, kernel);
            history.Add(answer);
            return answer.Content ?? "";
        }

        var parts = new StringBuilder();
        await foreach (var chunk in chat.GetStreamingChatMessageContentsAsync(history, settings, kernel))
        {
            parts.Append(chunk.Content);
        }

        history.AddAssistantMessage(parts.ToString());
        return parts.ToString();
    }

    /// <summary>Asserts that each request except the first continues from the response before it.</summary>
    private protected void AssertEachRequestContinuesThePrevious(int count)
    {
        Assert.Equal(count, Requests.Count);
        Requests[0].ShouldContinueNothing();
        for (var i = 1; i < count; i++)
        {
            Requests[i].ShouldContinue(Wire.Ids[i - 1]);
        }
    }
}
