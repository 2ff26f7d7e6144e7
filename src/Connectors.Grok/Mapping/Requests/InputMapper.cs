using Connectors.Grok.Foundation;
using Connectors.Grok.Mapping.Contents;
using Connectors.Grok.Responses;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Mapping.Requests;

/// <summary>
/// Messages → input items. Order is kept: xAI takes roles in any order and number. Neighbouring system messages become one item,
/// messages without content none.
/// </summary>
internal sealed class InputMapper(string model, bool continues, CallLedger calls, MappingDiagnostics notes, ModelNames? names = null)
{
    private readonly List<ResponseItem> _items = [];
    private readonly List<ResponsePart> _parts = [];
    private readonly List<TextReasoningContent> _reasoning = [];
    private readonly HashSet<string> _carried = new(StringComparer.Ordinal);
    private HashSet<string>? _blobs;
    private IReadOnlyList<ChatMessage> _messages = [];
    private int _message;
    private string _role = "system";
    private string? _name;

    /// <summary>The items of these messages.</summary>
    /// <param name="instructions">Texts that go before everything else, as a system message.</param>
    /// <param name="messages">The messages.</param>
    /// <exception cref="ArgumentException">A content cannot be sent.</exception>
    public IReadOnlyList<ResponseItem> ToItems(IEnumerable<string> instructions, IReadOnlyList<ChatMessage> messages)
    {
        _messages = messages;
        _parts.AddRange(instructions.Where(static i => !string.IsNullOrWhiteSpace(i)).Select(static i => new InputTextPart(i)));
        for (_message = 0; _message < messages.Count; _message++)
        {
            var message = messages[_message];
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
        PutSummaryFirst();
        return _items;
    }

    /// <summary>A summary is the first item of an input (docs/wire.md#compaction); instructions follow it.</summary>
    private void PutSummaryFirst()
    {
        var summary = _items.FindIndex(static i => i is CompactionItem);
        if (summary > 0 && _items.Take(summary).All(static i => i is MessageItem { Role: "system" }))
        {
            var item = _items[summary];
            _items.RemoveAt(summary);
            _items.Insert(0, item);
        }
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
                if (IsSent(calls.Next(call.CallId), content))
                {
                    Add(FunctionMapper.ToItem(call));
                }

                break;
            case FunctionResultContent result:
                if (IsSent(calls.Next(result.CallId), content))
                {
                    Add(FunctionMapper.ToItem(result));
                }

                break;
            case ErrorContent error when _role == "assistant" && RefusalMapper.ToPart(error) is { } refusal:
                _parts.Add(refusal);
                break;
            case { } when _role == "user" && UserPart(content) is { } part:
                _parts.Add(part);
                break;
            default:
                LeaveOut(content);
                break;
        }
    }

    /// <summary>What is not sent: silently where nothing is lost, logged where no user said it, and an error otherwise.</summary>
    private void LeaveOut(AIContent content)
    {
        switch (content)
        {
            case UsageContent:
                // What a response reported about itself is no part of the conversation.
                break;
            case ToolCallContent call when _carried.Contains(call.CallId):
                // A call that the service ran; its result carries the item.
                break;
            case var _ when Approvals.CallIdOf(content) is { } id && calls.IsAnswered(id):
                break;
            case ErrorContent:
            case var _ when content.GetType() == typeof(AIContent):
                // Another client's report of an error, or its placeholder: nothing the model could read.
                notes.LeftOut(content, _role);
                break;
            case ToolCallContent or ToolResultContent:
            case var _ when _role == "assistant":
            case var _ when Approvals.IsApproval(content) && IsFollowedByAnswer():
                // Only another provider's service could have produced it; or a request for approval on which the conversation went on without a decision.
                notes.LeftOut(content, _role);
                break;
            default:
                notes.Unsupported(content, _role);
                break;
        }
    }

    /// <summary>The part for an image or a file, which only users send; null for other contents.</summary>
    private static ResponsePart? UserPart(AIContent content) => content switch
    {
        DataContent image when image.HasTopLevelMediaType("image") => ImageMapper.ToPart(image),
        UriContent image when image.HasTopLevelMediaType("image") => ImageMapper.ToPart(image),
        DataContent file when !file.HasTopLevelMediaType("audio") && !file.HasTopLevelMediaType("video") => FileMapper.ToPart(file),
        UriContent file when !file.HasTopLevelMediaType("audio") && !file.HasTopLevelMediaType("video") => FileMapper.ToPart(file),
        HostedFileContent file => FileMapper.ToPart(file),
        _ => null,
    };

    private bool IsSent(CallFate fate, AIContent content)
    {
        if (fate == CallFate.Alone)
        {
            notes.Content(content is FunctionCallContent call ? $"a call of the function '{call.Name}' without its result" : "the result of a function without its call");
        }

        return fate == CallFate.Sent;
    }

    private bool IsFollowedByAnswer()
    {
        for (var i = _message + 1; i < _messages.Count; i++)
        {
            if (_messages[i]?.Role == ChatRole.Assistant)
            {
                return true;
            }
        }

        return false;
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
            notes.Content($"a {item.Type} without its {(item is WebSearchCallItem ? "action" : "id")}, which the service rejects");
            return;
        }

        Add(ReplayedItem.From(item));
    }

    private void AddReasoning()
    {
        if (_reasoning.Count == 0)
        {
            return;
        }

        // A continued response has its own reasoning on the server; a second copy would only confuse it.
        foreach (var item in continues ? [] : ReasoningMapper.ToItems(_reasoning, model, names))
        {
            if (item is null)
            {
                notes.Content("reasoning without its encrypted content, or of another model's family or provider");
            }
            else if ((_blobs ??= new(StringComparer.Ordinal)).Add(item.EncryptedContent!))
            {
                // Once: hosts append what they got to what they sent, and the service rejects a blob that is there twice.
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
        // A tool's message holds results, which are items of their own; a text in it is sent as the user's.
        "user" or "tool" => "user",
        null => throw new ArgumentException("A message has no role.", nameof(role)),
        var other => throw new NotSupportedException($"xAI's Responses API knows no role '{other}': use system, developer, user, assistant or tool."),
    };
}
