using Connectors.Grok.Responses;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Mapping;

/// <summary>
/// Messages → input items. Order is kept: xAI takes roles in any order and number. Neighbouring system messages become one item,
/// messages without content none.
/// </summary>
internal sealed class InputMapper(string model, bool continues, CallLedger calls, MappingNotes notes)
{
    private readonly List<ResponseItem> _items = [];
    private readonly List<ContentPart> _parts = [];
    private string _role = "user";

    /// <summary>The items of these messages.</summary>
    /// <param name="instructions">Texts that go before everything else, as a system message.</param>
    /// <param name="messages">The messages, enumerated once.</param>
    /// <exception cref="ArgumentException">A content cannot be sent, or a call and its result are not both there.</exception>
    public IReadOnlyList<ResponseItem> ToItems(IEnumerable<string> instructions, IEnumerable<ChatMessage> messages)
    {
        _role = "system";
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
            Add(message);
        }

        Flush();
        return _items;
    }

    private void Add(ChatMessage message)
    {
        var reasoning = new List<TextReasoningContent>();
        foreach (var content in message.Contents)
        {
            if (content is TextReasoningContent thought)
            {
                reasoning.Add(thought);
                continue;
            }

            AddReasoning(reasoning);
            Add(content);
        }

        AddReasoning(reasoning);
    }

    private void Add(AIContent content)
    {
        switch (content)
        {
            case { RawRepresentation: ResponseItem item }:
                Add(item);
                break;
            case { RawRepresentation: ContentPart part }:
                _parts.Add(part);
                break;
            case TextContent text:
                AddText(text.Text);
                break;
            case DataContent image when image.HasTopLevelMediaType("image") && _role == "user":
                _parts.Add(ImageMapper.ToPart(image));
                break;
            case UriContent image when image.HasTopLevelMediaType("image") && _role == "user":
                _parts.Add(ImageMapper.ToPart(image));
                break;
            case FunctionCallContent call when calls.Keeps(call):
                Add(FunctionMapper.ToItem(call));
                break;
            case FunctionResultContent result when calls.Keeps(result):
                Add(FunctionMapper.ToItem(result));
                break;
            case FunctionCallContent or FunctionResultContent:
                // A repetition, or a call that was cut off and never answered.
                break;
            case ErrorContent { ErrorCode: RefusalCode } refusal when _role == "assistant":
                AddText(refusal.Message);
                break;
            case UsageContent or ErrorContent:
                // What a response reported about itself is no part of the conversation.
                break;
            default:
                throw new NotSupportedException(
                    $"A {content.GetType().Name}{(content is DataContent data ? $" of {data.MediaType}" : "")} in a message of the role '{_role}'"
                    + " cannot be sent to xAI's Responses API by this version.");
        }
    }

    /// <summary>The code of an <see cref="ErrorContent"/> that is the model's refusal; the OpenAI adapter uses the same.</summary>
    public const string RefusalCode = "Refusal";

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

    private void AddReasoning(List<TextReasoningContent> contents)
    {
        if (contents.Count == 0)
        {
            return;
        }

        // A continued response has its own reasoning on the server; a second copy would only confuse it.
        foreach (var item in continues ? [] : ReasoningMapper.ToItems(contents, model))
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

        contents.Clear();
    }

    private void Flush()
    {
        if (_parts.Count > 0)
        {
            _items.Add(new MessageItem { Role = _role, Content = [.. _parts] });
            _parts.Clear();
        }
    }

    private static string Role(ChatRole role) => role.Value.ToLowerInvariant() switch
    {
        "system" or "developer" => "system",
        "assistant" => "assistant",
        // A tool's message holds results, which are items of their own; a stray text in it is the user's side of the talk.
        "user" or "tool" => "user",
        var other => throw new NotSupportedException($"xAI's Responses API knows no role '{other}': use system, developer, user, assistant or tool."),
    };
}
