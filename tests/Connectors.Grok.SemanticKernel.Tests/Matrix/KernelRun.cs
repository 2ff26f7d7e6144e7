using System.ClientModel;
using System.ClientModel.Primitives;
using Connectors.Grok.Conversations;
using Connectors.Grok.Emulator;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;
using OpenAI.Responses;

namespace Connectors.Grok.SemanticKernel.Tests.Matrix;

/// <summary>One run of a scenario: an emulator, a registration, streamed or not.</summary>
internal sealed class KernelRun(GrokEmulator emulator, KernelClient kind, bool isStreamed)
{
    private readonly InMemoryConversationStore _store = new();

    public static IReadOnlyList<KernelClient> Kinds { get; } = Enum.GetValues<KernelClient>();

    public static IReadOnlyList<string> Columns { get; } = ["plain", "unstored", "conversations", "history tracking", "OpenAI adapter"];

    public GrokEmulator Emulator => emulator;

    public bool IsStreamed => isStreamed;

    /// <summary>Creates a kernel, as another process would: it shares the store and the key with earlier ones.</summary>
    public Kernel Create(params object[] plugins)
    {
        var builder = Kernel.CreateBuilder();
        builder.Services.Configure<HistoryTrackingOptions>(static o => o.HistoryKey = "the same in all processes"u8.ToArray());
        if (kind is KernelClient.Plain or KernelClient.OpenAI)
        {
            builder.Services.AddSingleton(services => Client().AsBuilder().UseKernelFunctionInvocation().Build(services));
            builder.Services.AddSingleton(static services => services.GetRequiredService<IChatClient>().AsChatCompletionService(services));
        }
        else
        {
            builder.AddGrokChatCompletion(Client());
        }

        var kernel = builder.Build();
        foreach (var plugin in plugins)
        {
            kernel.Plugins.AddFromObject(plugin, plugin.GetType().Name);
        }

        return kernel;
    }

    public async Task<ChatMessageContent> SendAsync(Kernel kernel, ChatHistory history, string text, PromptExecutionSettings? settings = null)
    {
        history.AddUserMessage(text);
        var chat = kernel.GetRequiredService<IChatCompletionService>();
        ChatMessageContent answer;
        if (isStreamed)
        {
            var chunks = await chat.GetStreamingChatMessageContentsAsync(history, settings, kernel, TestContext.Current.CancellationToken).ToListAsync(TestContext.Current.CancellationToken);
            answer = kind is KernelClient.Plain or KernelClient.OpenAI ? new(AuthorRole.Assistant, string.Concat(chunks.Select(static c => c.Content))) : chunks.ToChatMessageContent();
        }
        else
        {
            answer = await chat.GetChatMessageContentAsync(history, settings, kernel, TestContext.Current.CancellationToken);
        }

        history.Add(answer);
        return answer;
    }

    private IChatClient Client()
    {
        if (kind == KernelClient.OpenAI)
        {
            return new ResponsesClient(new ApiKeyCredential("xai-test"), new ResponsesClientOptions { Endpoint = emulator.BaseAddress, RetryPolicy = new ClientRetryPolicy(0) }).AsIChatClient("grok-4.7");
        }

        var client = new GrokChatClient(new GrokChatClientOptions { ApiKey = "xai-test", Endpoint = emulator.BaseAddress, MaxRetries = 0, RecoveryTimeout = TimeSpan.Zero, Store = kind == KernelClient.Unstored ? false : null });
        return kind == KernelClient.Conversations ? client.AsConversationClient(_store) : client;
    }
}
