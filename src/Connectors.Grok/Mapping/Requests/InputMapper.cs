using Connectors.Grok.Mapping.Contents;
using Connectors.Grok.Responses;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Mapping.Requests;

/// <summary>
/// Messages → input items. Order is kept: xAI takes roles in any order and number. Neighbouring system messages become one item,
/// messages without content none.
/// </summary>
internal sealed class InputMapper(string model, bool continues, CallLedger calls, MappingDiagnostics notes)
{
    private readonly List<ResponseItem> _items = [];
    private readonly List<ResponsePart> _parts = [];
    private readonly List<TextReasoningContent> _reasoning = [];
    private readonly HashSet<string> _carried = new(StringComparer.Ordinal);
    private string _role = "system";
    private string? _name;

    /// <summary>The items of these messages.</summary>
    /// <param name="instructions">Texts that go before everything else, as a system message.</param>
    /// <param name="messages">The messages, enumerated once.</param>
    /// <exception cref="ArgumentException">A content cannot be sent, or a call and its result are not both there.</exception>
    public IReadOnlyList<ResponseItem> ToItems(IEnumerable<string> instructions, IEnumerable<ChatMessage> messages)
    {
        _parts.AddRange(instructions.Where(static i => !string.IsNullOrWhiteSpace(i)).Select(static i => new InputTextPart(i)));
        foreach (var message in messages)
        {
            if (message is null)
            {
                throw new ArgumentException("A message is null.", nameof(messages));
            }

            var role = Role(message.Role);
            // Neighbouring system messages are one item; every other message is its own.
            if (role != "system" || _role != "system")
            {
                Flush();
            }

            _role = role;
            // Only users have names on this wire; agents put theirs on everything, system messages too.
            _name = message.Role == ChatRole.User && !string.IsNullOrWhiteSpace(message.AuthorName) ? message.AuthorName : null;
            Add(message);
        }

        Flush();
        calls.Sort(_items);
        return _items;
    }

    private void Add(ChatMessage message)
    {
        // By index: histories are long, and enumerators of an IList are objects.
        var contents = message.Contents;
        _carried.Clear();
        for (var i = 0; i < contents.Count; i++)
        {
            if (contents[i] is ToolResultContent result && HostedMapper.ToItem(result) is not null)
            {
                _carried.Add(result.CallId);
            }
        }

        for (var i = 0; i < contents.Count; i++)
        {
            if (contents[i] is TextReasoningContent thought)
            {
                _reasoning.Add(thought);
                continue;
            }

            AddReasoning();
            Add(contents[i]);
        }

        AddReasoning();
    }

    private void Add(AIContent content)
    {
        switch (content)
        {
            case null:
                throw new ArgumentException("A message holds a content that is null.", nameof(content));
            case { } when HostedMapper.ToItem(content) is { } item:
                AddHosted(item);
                break;
            case { } when UnknownPartMapper.ToPart(content) is { } part:
                _parts.Add(part);
                break;
            case TextContent text:
                AddText(text.Text);
                break;
            case FunctionCallContent call:
                // Not kept: a repetition, or a call that was cut off and never answered.
                AddIf(calls.Keeps(call), call, FunctionMapper.ToItem);
                break;
            case FunctionResultContent result:
                AddIf(calls.Keeps(result), result, FunctionMapper.ToItem);
                break;
            case ErrorContent error when _role == "assistant" && RefusalMapper.ToPart(error) is { } refusal:
                _parts.Add(refusal);
                break;
            case UsageContent:
                // What a response reported about itself is no part of the conversation.
                break;
            case ToolCallContent call when _carried.Contains(call.CallId):
                // A call that the service ran; its result carries the item.
                break;
            case { } when Approvals.CallIdOf(content) is { } id && calls.IsAnswered(id):
                break;
            case ErrorContent:
            case { } when content.GetType() == typeof(AIContent):
                // Another client's report of an error, or its placeholder: nothing the model could read.
                notes.Content($"a {content.GetType().Name} in a message of the role '{_role}'");
                break;
            case { } when _role == "user" && UserPart(content) is { } part:
                _parts.Add(part);
                break;
            default:
                notes.Unsupported(content, _role);
                break;
        }
    }

    /// <summary>What only a user may say: images and files.</summary>
    private static ResponsePart? UserPart(AIContent content) => content switch
    {
        DataContent image when image.HasTopLevelMediaType("image") => ImageMapper.ToPart(image),
        UriContent image when image.HasTopLevelMediaType("image") => ImageMapper.ToPart(image),
        DataContent file when !file.HasTopLevelMediaType("audio") && !file.HasTopLevelMediaType("video") => FileMapper.ToPart(file),
        UriContent file when !file.HasTopLevelMediaType("audio") && !file.HasTopLevelMediaType("video") => FileMapper.ToPart(file),
        HostedFileContent file => FileMapper.ToPart(file),
        _ => null,
    };

    private void AddIf<T>(bool isKept, T content, Func<T, ResponseItem> toItem)
    {
        if (isKept)
        {
            Add(toItem(content));
        }
    }

    private void AddText(string? text)
    {
        if (!string.IsNullOrEmpty(text))
        {
            _parts.Add(_role == "assistant" ? new OutputTextPart { Text = text } : new InputTextPart(text));
        }
    }

    private void Add(ResponseItem item)
    {
        Flush();
        _items.Add(item);
    }

    private void AddHosted(ResponseItem item)
    {
        // The service rejects these two with 422 when they lack a member that its own older answers leave out: docs/wire.md#input-items.
        if (item is WebSearchCallItem { Action: null } or CustomToolCallItem { Id: null })
        {
            notes.Content($"a {item.Type} without its {(item is WebSearchCallItem ? "action" : "id")}, which the service refuses");
            return;
        }

        Add(item);
    }

    private void AddReasoning()
    {
        if (_reasoning.Count == 0)
        {
            return;
        }

        // A continued response has its own reasoning on the server; a second copy would only confuse it.
        foreach (var item in continues ? [] : ReasoningMapper.ToItems(_reasoning, model))
        {
            if (item is null)
            {
                notes.Content("reasoning without its encrypted content, or of another model's family or provider");
            }
            else
            {
                Add(item);
            }
        }

        _reasoning.Clear();
    }

    private void Flush()
    {
        if (_parts.Count > 0)
        {
            _items.Add(new MessageItem { Role = _role, Name = _name, Content = [.. _parts] });
            _parts.Clear();
        }
    }

    private static string Role(ChatRole role) => role.Value?.ToLowerInvariant() switch
    {
        "system" or "developer" => "system",
        "assistant" => "assistant",
        // A tool's message holds results, which are items of their own; a stray text in it is the user's side of the talk.
        "user" or "tool" => "user",
        null => throw new ArgumentException("A message has no role.", nameof(role)),
        var other => throw new NotSupportedException($"xAI's Responses API knows no role '{other}': use system, developer, user, assistant or tool."),
    };
}
