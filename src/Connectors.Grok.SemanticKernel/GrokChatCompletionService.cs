using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;
using Microsoft.SemanticKernel.Services;

namespace Connectors.Grok.SemanticKernel;

/// <summary>
/// A Semantic Kernel chat completion service over Grok. Unlike Semantic Kernel's adapter for <see cref="IChatClient"/>, it preserves reasoning
/// (including encrypted reasoning), citations, ids, finish reasons and server-side tool calls, sends them back with the history, and
/// separates the plugin name from the function name.
/// </summary>
/// <remarks>
/// <c>InnerContent</c> of a returned message is the <see cref="ChatResponse"/>; of a streamed chunk, the <see cref="ChatResponseUpdate"/>.
/// Safe for concurrent use. Does not dispose the client.
/// </remarks>
public sealed class GrokChatCompletionService : IChatCompletionService
{
    private readonly IChatClient _client;

    /// <summary>Creates the service over a client.</summary>
    /// <param name="client">
    /// A <see cref="GrokChatClient"/>, or a pipeline that ends in one. Unless the pipeline invokes functions itself, this service adds layers that
    /// invoke the kernel's functions and that send only new messages while xAI stores the conversation.
    /// </param>
    /// <param name="loggerFactory">Creates the logger for function calls; null to disable logging.</param>
    /// <exception cref="ArgumentNullException"><paramref name="client"/> is null.</exception>
    public GrokChatCompletionService(IChatClient client, ILoggerFactory? loggerFactory = null)
    {
        ArgumentNullException.ThrowIfNull(client);
        _client = KernelPipeline.Create(client, loggerFactory, null, null);
        var metadata = client.GetService<ChatClientMetadata>();
        Attributes = new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            [AIServiceExtensions.ModelIdKey] = metadata?.DefaultModelId,
            [AIServiceExtensions.EndpointKey] = metadata?.ProviderUri?.ToString(),
            ["ProviderName"] = metadata?.ProviderName,
        };
    }

    /// <summary>The attributes of the service: <c>ModelId</c>, <c>Endpoint</c> and <c>ProviderName</c>.</summary>
    public IReadOnlyDictionary<string, object?> Attributes { get; }

    /// <inheritdoc/>
    /// <exception cref="ArgumentNullException"><paramref name="chatHistory"/> is null.</exception>
    /// <exception cref="HttpOperationException">xAI rejected the request or failed. The inner exception is the <see cref="GrokException"/>.</exception>
    /// <exception cref="KernelException">The settings belong to another provider or cannot be read, or the history contains content that cannot be sent.</exception>
    public async Task<IReadOnlyList<ChatMessageContent>> GetChatMessageContentsAsync(
        ChatHistory chatHistory, PromptExecutionSettings? executionSettings = null, Kernel? kernel = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(chatHistory);
        var options = CreateOptions(chatHistory, executionSettings, kernel);
        try
        {
            var response = await _client.GetResponseAsync(HistoryMapper.ToMessages(chatHistory), options, cancellationToken).ConfigureAwait(false);
            var contents = new AnswerMapper(FunctionNames.FromOptions(options)).ToContents(response);
            chatHistory.AddRange(contents.SkipLast(1));
            return contents.TakeLast(1).ToArray();
        }
        catch (Exception e) when (IsTranslatable(e))
        {
            throw Translate(e);
        }
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentNullException"><paramref name="chatHistory"/> is null.</exception>
    /// <exception cref="HttpOperationException">xAI rejected the request or failed. The inner exception is the <see cref="GrokException"/>.</exception>
    /// <exception cref="KernelException">The settings belong to another provider or cannot be read, or the history contains content that cannot be sent.</exception>
    public async IAsyncEnumerable<StreamingChatMessageContent> GetStreamingChatMessageContentsAsync(
        ChatHistory chatHistory, PromptExecutionSettings? executionSettings = null, Kernel? kernel = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(chatHistory);
        var options = CreateOptions(chatHistory, executionSettings, kernel);
        var mapper = new AnswerMapper(FunctionNames.FromOptions(options));
        var turn = new StreamedTurn(chatHistory, mapper);
        var calls = 0;
        var updates = _client.GetStreamingResponseAsync(HistoryMapper.ToMessages(chatHistory), options, cancellationToken);
        await foreach (var update in TranslateErrorsAsync(updates, cancellationToken).ConfigureAwait(false))
        {
            turn.Add(update);
            yield return mapper.ToChunk(update, ref calls);
        }
    }

    private static ChatOptions CreateOptions(ChatHistory history, PromptExecutionSettings? settings, Kernel? kernel)
    {
        var options = GrokPromptExecutionSettings.FromExecutionSettings(settings).ToOptions(kernel);
        if (history.Any(static m => m.Role == AuthorRole.System || m.Role == AuthorRole.Developer))
        {
            options.Instructions = null;
        }

        return options;
    }

    private static async IAsyncEnumerable<ChatResponseUpdate> TranslateErrorsAsync(
        IAsyncEnumerable<ChatResponseUpdate> updates, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var enumerator = updates.GetAsyncEnumerator(cancellationToken);
        await using var disposal = enumerator.ConfigureAwait(false);
        while (true)
        {
            try
            {
                if (!await enumerator.MoveNextAsync().ConfigureAwait(false))
                {
                    yield break;
                }
            }
            catch (Exception e) when (IsTranslatable(e))
            {
                throw Translate(e);
            }

            yield return enumerator.Current;
        }
    }

    /// <summary>Whether to translate an exception to a Semantic Kernel exception. Exceptions of conversations pass unchanged, because they contain answers and ids.</summary>
    private static bool IsTranslatable(Exception e) => e is ArgumentException or NotSupportedException || e.GetType() == typeof(GrokException);

    /// <summary>Creates the Semantic Kernel exception for a failure of the service or an invalid argument.</summary>
    private static Exception Translate(Exception e) => e is GrokException failure
        ? new HttpOperationException((System.Net.HttpStatusCode?)failure.Status, failure.Body, failure.Message, failure)
        : new KernelException(e.Message, e);
}
