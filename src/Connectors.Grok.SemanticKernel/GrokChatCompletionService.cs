using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;
using Microsoft.SemanticKernel.Services;

namespace Connectors.Grok.SemanticKernel;

/// <summary>
/// Grok as Semantic Kernel's chat completion service. Unlike the kernel's own bridge from <see cref="IChatClient"/> it keeps reasoning (with
/// its sealed form), citations, ids, finish reasons and what the service did by itself, gives them back with the history, and tells
/// plugin and function apart.
/// </summary>
/// <remarks>
/// <c>InnerContent</c> of a message that is returned is the <see cref="ChatResponse"/>, of a streamed piece the
/// <see cref="ChatResponseUpdate"/>. Safe for many calls at once. Does not own the client.
/// </remarks>
public sealed class GrokChatCompletionService : IChatCompletionService
{
    private readonly IChatClient _client;

    /// <summary>Makes the service over a client.</summary>
    /// <param name="client">
    /// A <see cref="GrokChatClient"/>, or a pipeline that ends in one. Where it invokes no functions, the kernel's functions are invoked,
    /// and only what is new is sent while the service has the conversation.
    /// </param>
    /// <param name="loggerFactory">Where the function calls are logged; null for nowhere.</param>
    /// <exception cref="ArgumentNullException"><paramref name="client"/> is null.</exception>
    public GrokChatCompletionService(IChatClient client, ILoggerFactory? loggerFactory = null)
    {
        ArgumentNullException.ThrowIfNull(client);
        _client = KernelPipeline.Over(client, loggerFactory, null, null);
        var metadata = client.GetService<ChatClientMetadata>();
        Attributes = new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            [AIServiceExtensions.ModelIdKey] = metadata?.DefaultModelId,
            [AIServiceExtensions.EndpointKey] = metadata?.ProviderUri?.ToString(),
            ["ProviderName"] = metadata?.ProviderName,
        };
    }

    /// <summary><c>ModelId</c>, <c>Endpoint</c> and <c>ProviderName</c>.</summary>
    public IReadOnlyDictionary<string, object?> Attributes { get; }

    /// <inheritdoc/>
    /// <exception cref="ArgumentNullException"><paramref name="chatHistory"/> is null.</exception>
    /// <exception cref="HttpOperationException">The service refused or failed; the inner exception is the <see cref="GrokException"/>.</exception>
    /// <exception cref="KernelException">The settings are another provider's or cannot be read, or the history holds what cannot be sent.</exception>
    public async Task<IReadOnlyList<ChatMessageContent>> GetChatMessageContentsAsync(
        ChatHistory chatHistory, PromptExecutionSettings? executionSettings = null, Kernel? kernel = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(chatHistory);
        var options = Options(chatHistory, executionSettings, kernel);
        try
        {
            var response = await _client.GetResponseAsync(HistoryMapper.ToMessages(chatHistory), options, cancellationToken).ConfigureAwait(false);
            var contents = new AnswerMapper(FunctionNames.Offered(options)).ToContents(response);
            chatHistory.AddRange(contents.SkipLast(1));
            return contents.TakeLast(1).ToArray();
        }
        catch (Exception e) when (IsTranslated(e))
        {
            throw Translated(e);
        }
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentNullException"><paramref name="chatHistory"/> is null.</exception>
    /// <exception cref="HttpOperationException">The service refused or failed; the inner exception is the <see cref="GrokException"/>.</exception>
    /// <exception cref="KernelException">The settings are another provider's or cannot be read, or the history holds what cannot be sent.</exception>
    public async IAsyncEnumerable<StreamingChatMessageContent> GetStreamingChatMessageContentsAsync(
        ChatHistory chatHistory, PromptExecutionSettings? executionSettings = null, Kernel? kernel = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(chatHistory);
        var options = Options(chatHistory, executionSettings, kernel);
        var mapper = new AnswerMapper(FunctionNames.Offered(options));
        var turn = new StreamedTurn(chatHistory, mapper);
        var calls = 0;
        var updates = _client.GetStreamingResponseAsync(HistoryMapper.ToMessages(chatHistory), options, cancellationToken);
        await foreach (var update in Translated(updates, cancellationToken).ConfigureAwait(false))
        {
            turn.Add(update);
            yield return mapper.ToChunk(update, ref calls);
        }
    }

    private static ChatOptions Options(ChatHistory history, PromptExecutionSettings? settings, Kernel? kernel)
    {
        var options = GrokPromptExecutionSettings.FromExecutionSettings(settings).ToOptions(kernel);
        if (history.Any(static m => m.Role == AuthorRole.System || m.Role == AuthorRole.Developer))
        {
            options.Instructions = null;
        }

        return options;
    }

    private static async IAsyncEnumerable<ChatResponseUpdate> Translated(
        IAsyncEnumerable<ChatResponseUpdate> updates, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var updating = updates.GetAsyncEnumerator(cancellationToken);
        await using var disposal = updating.ConfigureAwait(false);
        while (true)
        {
            try
            {
                if (!await updating.MoveNextAsync().ConfigureAwait(false))
                {
                    yield break;
                }
            }
            catch (Exception e) when (IsTranslated(e))
            {
                throw Translated(e);
            }

            yield return updating.Current;
        }
    }

    /// <summary>Whether an exception becomes one of Semantic Kernel's. Failures of conversations do not: they hold answers and ids.</summary>
    private static bool IsTranslated(Exception e) => e is ArgumentException or NotSupportedException || e.GetType() == typeof(GrokException);

    /// <summary>Semantic Kernel's own exception: for what the service says, and for what is wrong in what was asked.</summary>
    private static Exception Translated(Exception e) => e is GrokException failure
        ? new HttpOperationException((System.Net.HttpStatusCode?)failure.Status, failure.Body, failure.Message, failure)
        : new KernelException(e.Message, e);
}
