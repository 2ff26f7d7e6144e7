using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Pipelines.Tests.Behaviours.Support;

/// <summary>Describes tools in the instructions, and reads calls from the text of an answer, as for a model without function calling.</summary>
internal sealed class PromptToolsClient(IChatClient innerClient) : DelegatingChatClient(innerClient)
{
    private const string Begin = "<call>";
    private const string End = "</call>";

    public override async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        var response = await base.GetResponseAsync(messages.Select(ToText), WithPrompt(options), cancellationToken);
        foreach (var message in response.Messages)
        {
            message.Contents = ToCalls(message);
        }

        return response;
    }

    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var response = await base.GetStreamingResponseAsync(messages.Select(ToText), WithPrompt(options), cancellationToken).ToChatResponseAsync(cancellationToken);
        foreach (var message in response.Messages)
        {
            message.Contents = ToCalls(message);
        }

        foreach (var update in response.ToChatResponseUpdates())
        {
            yield return update;
        }
    }

    private static ChatOptions? WithPrompt(ChatOptions? options)
    {
        if (options?.Tools is not { Count: > 0 } tools)
        {
            return options;
        }

        var copy = options.Clone();
        copy.Tools = null;
        copy.Instructions = $"To call a function, answer with {Begin}{{\"name\":…,\"arguments\":…}}{End}. Functions:\n" + string.Join('\n', tools.Select(static t => $"{t.Name}: {t.Description}"));
        return copy;
    }

    /// <summary>Turns a call or a result into text.</summary>
    private static ChatMessage ToText(ChatMessage message)
    {
        if (!message.Contents.Any(static c => c is FunctionCallContent or FunctionResultContent))
        {
            return message;
        }

        var copy = message.Clone();
        copy.Role = message.Role == ChatRole.Tool ? ChatRole.User : message.Role;
        copy.Contents = [.. message.Contents.Select(static c => c switch
        {
            FunctionCallContent call => new TextContent(call.AdditionalProperties!["text"]!.ToString()),
            FunctionResultContent result => new TextContent($"<result>{result.Result}</result>"),
            _ => c,
        })];
        return copy;
    }

    private static IList<AIContent> ToCalls(ChatMessage message)
    {
        var text = message.Text;
        if (!text.StartsWith(Begin, StringComparison.Ordinal) || !text.EndsWith(End, StringComparison.Ordinal))
        {
            return message.Contents;
        }

        using var call = JsonDocument.Parse(text[Begin.Length..^End.Length]);
        var arguments = call.RootElement.GetProperty("arguments").Deserialize<Dictionary<string, object?>>(AIJsonUtilities.DefaultOptions);
        return [new FunctionCallContent(Guid.NewGuid().ToString("N"), call.RootElement.GetProperty("name").GetString()!, arguments) { AdditionalProperties = new() { ["text"] = text } }];
    }
}
