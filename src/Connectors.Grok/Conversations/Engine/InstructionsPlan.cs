using Connectors.Grok.Conversations.History;
using Connectors.Grok.Foundation;
using Connectors.Grok.Mapping;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Conversations.Engine;

/// <summary>
/// Which instructions a call sends: <c>ChatOptions.Instructions</c>, and the system messages that lead the caller's messages. What is in force
/// already is not sent again; what changed is announced before the new messages; what was removed makes the call begin from nothing.
/// </summary>
internal sealed record InstructionsPlan
{
    /// <summary>The instructions of the call; null for none.</summary>
    public string? Instructions { get; private init; }

    /// <summary>The leading system messages of the call, as one text; null for none.</summary>
    public string? SystemMessages { get; private init; }

    /// <summary>What is sent as a system message before the new messages; null for nothing.</summary>
    public string? Announced { get; private init; }

    /// <summary>Whether the call sends everything under its own instructions, and the earlier ones no longer count.</summary>
    public bool IsRestart { get; private init; }

    /// <summary>Whether the caller's history shows that instructions in force were removed: the call begins from nothing.</summary>
    public bool IsRemoved { get; private init; }

    /// <summary>The number of leading system messages that are in force already and are not sent again.</summary>
    public int LeadingInForce { get; private init; }

    /// <summary>The number of leading system messages of a whole history that differ from those in force and are sent again before the new messages.</summary>
    public int LeadingRepeated { get; private init; }

    /// <summary>The hashes of what is in force after the call, without a key.</summary>
    public string? InstructionsHash { get; private init; }

    /// <inheritdoc cref="InstructionsHash"/>
    public string? SystemMessagesHash { get; private init; }

    /// <exception cref="InvalidOperationException">The instructions differ, and the options say to throw.</exception>
    public static InstructionsPlan Create(ResolvedCall call, IReadOnlyList<ChatMessage> messages, ChatOptions? options, ConversationOptions settings)
    {
        var leading = messages.TakeWhile(static m => FingerprintAtoms.IsSystem(m.Role)).Count();
        var plan = new InstructionsPlan
        {
            Instructions = string.IsNullOrWhiteSpace(options?.Instructions) ? null : options.Instructions,
            SystemMessages = leading == 0 ? null : string.Join("\n\n", messages.Take(leading).Select(static m => m.Text)),
        };
        if (call.Resume is not { } resume)
        {
            return plan with { InstructionsHash = TextHash.OfOptional(plan.Instructions), SystemMessagesHash = TextHash.OfOptional(plan.SystemMessages) };
        }

        plan = plan.Continue(call, resume, settings);
        return call.Passed == PassedMessages.WholeHistory ? plan.OfWholeHistory(resume, leading) : plan.OfNewMessages(resume, leading);
    }

    /// <summary>The instructions of a continued conversation.</summary>
    private InstructionsPlan Continue(ResolvedCall call, ResumePoint resume, ConversationOptions settings)
    {
        var mode = settings.ContinuationInstructions;
        var isChanged = Instructions is not null && TextHash.Of(Instructions) != resume.InstructionsHash;
        if (isChanged && mode == ContinuationInstructions.Throw)
        {
            throw new InvalidOperationException($"The instructions differ from those of the conversation '{PrintableText.Escape(call.Id.Name)}'.");
        }

        return this with
        {
            IsRestart = isChanged && mode == ContinuationInstructions.Restart,
            Announced = (isChanged && mode == ContinuationInstructions.WhenChanged) || mode == ContinuationInstructions.Always ? Instructions : null,
            InstructionsHash = Instructions is null || mode == ContinuationInstructions.Never ? resume.InstructionsHash : TextHash.OfOptional(Instructions),
            SystemMessagesHash = resume.Header.SystemMessagesHash,
        };
    }

    /// <summary>New messages may repeat the system messages in force, or change them; without any, those in force stay so.</summary>
    private InstructionsPlan OfNewMessages(ResumePoint resume, int leading) =>
        SystemMessages is null ? this
        : TextHash.Of(SystemMessages) == resume.Header.SystemMessagesHash ? this with { LeadingInForce = leading }
        : this with { SystemMessagesHash = TextHash.OfOptional(SystemMessages) };

    /// <summary>A whole history shows all instructions that count. The system messages of a turn of storage version 1 are part of its fingerprint.</summary>
    private InstructionsPlan OfWholeHistory(ResumePoint resume, int leading)
    {
        var isSystemChanged = resume.Turn.Fingerprint is not null && TextHash.OfOptional(SystemMessages) != resume.Header.SystemMessagesHash;
        if ((isSystemChanged && SystemMessages is null) || (Instructions is null && resume.InstructionsHash is not null))
        {
            return this with { IsRemoved = true, Announced = null, IsRestart = false, InstructionsHash = TextHash.OfOptional(Instructions), SystemMessagesHash = TextHash.OfOptional(SystemMessages) };
        }

        return this with { LeadingRepeated = isSystemChanged ? leading : 0, SystemMessagesHash = TextHash.OfOptional(SystemMessages) };
    }
}
