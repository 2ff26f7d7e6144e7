using System.Text;
using Connectors.Grok.Emulator.Catalog;
using Connectors.Grok.Emulator.Foundation;
using Connectors.Grok.Emulator.Turns;

namespace Connectors.Grok.Emulator.Model;

/// <summary>The built-in model. It is deterministic: the same conversation always gets the same answer.</summary>
internal static class BuiltInModel
{
    public static Reply Answer(Prompt prompt)
    {
        var conversation = new Conversation(prompt.Items);
        var memory = new Memory([.. conversation.Files.Select(file => file.ContextText ?? ""), .. conversation.UserTexts]);
        var persona = new Persona(conversation.SystemTexts);

        var output = new List<OutputItem>();
        if (prompt.Model.SupportsReasoning && prompt.Effort != "none")
        {
            output.Add(Thoughts(conversation, prompt.Effort));
        }

        var calls = ToolPicker.Pick(prompt, conversation, memory);
        var hosted = HostedCalls.Required(prompt.Request, conversation.Question);
        if (calls.Count > 0)
        {
            output.AddRange(DefinitionsFor(calls, prompt));
            output.AddRange(calls);
        }
        else if (CannedWeb.IsAskedFor(prompt.Request, conversation))
        {
            output.AddRange(CannedWeb.Search(prompt.Request, conversation, persona));
        }
        else if (hosted is [ShellOutput])
        {
            // The client runs shell commands, so the answer ends here.
            output.AddRange(hosted);
        }
        else
        {
            output.AddRange(hosted);
            output.Add(new MessageOutput(Text(prompt.Request.Format, conversation, memory, persona)));
        }

        // Any new file makes the model search once in the files.
        return Truncate(new Reply(output) { DocumentSearches = conversation.NewFiles.Count > 0 ? 1 : 0 }, prompt.Request.MaxOutputTokens);
    }

    /// <summary>Loads the definitions of deferred functions that the conversation has not loaded, if the request offers the search.</summary>
    private static IEnumerable<OutputItem> DefinitionsFor(IReadOnlyList<FunctionCallOutput> calls, Prompt prompt)
    {
        var request = prompt.Request;
        if (!request.Tools.Any(tool => tool.Type == "tool_search"))
        {
            return [];
        }

        var loaded = prompt.Items.OfType<ToolSearchItem>().SelectMany(item => item.Loaded).ToHashSet(StringComparer.Ordinal);
        var missing = request.Tools.Where(tool => tool is { IsFunction: true, IsDeferred: true } && !loaded.Contains(tool.Name!)).Select(tool => tool.Name!);
        return missing.Where(name => calls.Any(call => call.Name == name)).SelectMany(name => HostedCalls.Load(request, name, limit: 1));
    }

    private static string Text(TextFormat format, Conversation conversation, Memory memory, Persona persona)
    {
        if (format.Type == "text")
        {
            return Answers.For(conversation, memory, persona);
        }

        var answer = Answers.Plain(conversation, memory, persona);
        if (format.Schema is { } schema)
        {
            return new SchemaFiller(new Hints(conversation.Question, memory, answer), schema, fillsOptional: true).Fill();
        }

        return Encoding.UTF8.GetString(Json.WriteObject(writer => writer.WriteString("answer", answer)));
    }

    private static ReasoningOutput Thoughts(Conversation conversation, string? effort)
    {
        var question = conversation.Question.ReplaceLineEndings(" ").Trim();
        if (question.Length > 80)
        {
            question = question[..(char.IsHighSurrogate(question[79]) ? 79 : 80)] + "…";
        }

        var subject = conversation.Results.Count > 0
            ? "A function has answered, so I pass its result on."
            : question.Length == 0 ? "The user sent no words."
            : $"The user says \"{question}\"{(question.Length > 0 && char.IsPunctuation(question[^1]) ? "" : ".")}";
        var first = $"{subject} {Outlook(conversation)}";
        return new ReasoningOutput(effort == "xhigh" ? [first, "Asked to think harder, I checked this once more and came to the same result."] : [first]);
    }

    private static string Outlook(Conversation conversation) => conversation.EarlierUserTexts.Count switch
    {
        0 => "Nothing was said before.",
        1 => "One earlier message counts too.",
        var count => $"{count} earlier messages count too.",
    };

    // max_output_tokens limits visible text only, and neither reasoning nor calls (docs/wire.md#request-members).
    private static Reply Truncate(Reply reply, long? maxOutputTokens)
    {
        if (maxOutputTokens is not { } max || reply.Output[^1] is not MessageOutput message || TokenCounter.Count(message.Text) <= max)
        {
            return reply;
        }

        var text = new StringBuilder();
        long used = 0;
        foreach (var piece in WordPieces.Split(message.Text))
        {
            used += TokenCounter.CountPiece(piece);
            if (used > max)
            {
                break;
            }

            text.Append(piece);
        }

        var length = text.ToString().EnumerateRunes().Count();
        var truncated = message with
        {
            Text = text.ToString(),
            Annotations = [.. message.Annotations.Where(citation => citation.End <= length)],
            IsIncomplete = true,
        };
        return reply with { Output = [.. reply.Output.SkipLast(1), truncated], IncompleteReason = "max_output_tokens" };
    }
}
