using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Pipelines.Tests.Behaviours.Support;

/// <summary>Passes on only the tools that a strategy selects for a request. A required tool stays, and comes first.</summary>
internal sealed class ToolSelectingClient(IChatClient innerClient, Func<IReadOnlyList<ChatMessage>, IEnumerable<AITool>, Task<IEnumerable<AITool>>> select) : DelegatingChatClient(innerClient)
{
    /// <summary>Selects the tools of whose name a text contains a word.</summary>
    public static IEnumerable<AITool> ByWords(string text, IEnumerable<AITool> tools) =>
        tools.Where(t => text.Contains(t.Name.Replace("Get", "", StringComparison.Ordinal), StringComparison.OrdinalIgnoreCase));

    public override async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        await base.GetResponseAsync(messages, await ReduceAsync([.. messages], options), cancellationToken);

    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var reduced = await ReduceAsync([.. messages], options);
        await foreach (var update in base.GetStreamingResponseAsync(messages, reduced, cancellationToken))
        {
            yield return update;
        }
    }

    private async Task<ChatOptions?> ReduceAsync(IReadOnlyList<ChatMessage> messages, ChatOptions? options)
    {
        if (options?.Tools is not { Count: > 0 } tools)
        {
            return options;
        }

        var required = tools.Where(t => options.ToolMode is RequiredChatToolMode { RequiredFunctionName: { } name } && t.Name == name).ToList();
        var copy = options.Clone();
        copy.Tools = [.. required, .. await select(messages, tools.Except(required))];
        return copy;
    }
}
