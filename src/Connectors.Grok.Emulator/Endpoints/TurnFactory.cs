using Connectors.Grok.Emulator.Catalog;
using Connectors.Grok.Emulator.Faults;
using Connectors.Grok.Emulator.Foundation;
using Connectors.Grok.Emulator.Hosts;
using Connectors.Grok.Emulator.Model;
using Connectors.Grok.Emulator.Rules;
using Connectors.Grok.Emulator.Scripts;
using Connectors.Grok.Emulator.State;
using Connectors.Grok.Emulator.Turns;
using Connectors.Grok.Emulator.Wire;

namespace Connectors.Grok.Emulator.Endpoints;

/// <summary>Creates the turn for a request with valid arguments, and stores the turn when it is complete.</summary>
internal sealed class TurnFactory(
    GrokEmulatorOptions options, ServiceHost service, ResponseStore store, FileStore files, ReasoningCipher reasoningCipher, CompactionCipher compactionCipher, ReplyScript script)
{
    /// <summary>The memory that a byte of a request takes as text, in its items and in the list of its input items.</summary>
    private const int BytesPerByte = 4;

    private readonly PromptCache _cache = new(options);
    private readonly ConversationRules _rules = new(options, service, store, reasoningCipher);

    public async Task<PendingTurn> CreateAsync(CreateRequest request, ModelInfo model, RecordedRequest recorded, Fault? fault, CancellationToken cancellationToken)
    {
        var previous = _rules.FindPrevious(request);
        _rules.CheckStorage(request);
        _rules.CheckReplay(request);
        _rules.CheckReasoning(request.Input, model);

        var input = AttachedFiles.Resolve(DecryptCompactions(request), files);
        recorded.FileTexts = [.. AttachedFiles.In(input).Select(file => file.ContextText ?? "")];
        IReadOnlyList<Item> conversationInput = request.Instructions is { Length: > 0 } instructions
            ? [new MessageItem("system", [new TextPart(instructions)]), .. input]
            : input;
        var items = new ConversationNode(previous?.Conversation, conversationInput).Resolve();
        ConversationRules.CheckSystem(items, options.Profile);
        var server = _cache.ServerFor(request.PromptCacheKey);
        var (inputTokens, cachedTokens) = _cache.Measure(model.Id, server, items);
        inputTokens += ToolTokens.Count(request.Tools);
        ConversationRules.CheckCalls(items, model, inputTokens);

        var id = service.FormatId(options.NewId()) + (options.Profile == GrokProfile.Docs2025 ? "_us-east-1" : "");
        var effort = RequestRules.EffectiveEffort(request, model);
        var scripted = await NextReplyAsync(recorded, cancellationToken);
        fault ??= scripted?.AttachedFault;
        var reply = CreateReply(new Prompt(id, model, items, request, effort), scripted, fault);
        var tier = !options.DowngradeServiceTier && request.ServiceTier is "priority" or "fast" ? request.ServiceTier! : "default";
        var turn = new Turn
        {
            Id = id,
            Request = request,
            Reply = reply,
            Usage = Pricing.CreateUsage(model, reply, request, Rounds.Count(reply, inputTokens, cachedTokens, options.CachedTokenStep), tier != "default"),
            ServiceTier = tier,
            Model = model.Id,
            ModelName = service.EchoedName(request.Model ?? model.Id, model),
            Wire = options.Wire,
            Fingerprint = model.Fingerprint,
            Effort = effort,
            Profile = options.Profile,
            CreatedAt = options.TimeProvider.GetUtcNow().ToUnixTimeSeconds(),
        };
        return new PendingTurn(turn, new ConversationNode(previous?.Conversation, [.. options.InheritInstructions ? conversationInput : input, .. reply.ToItems()]), fault, server, recorded.Bytes);
    }

    private async ValueTask<ReplyBuilder?> NextReplyAsync(RecordedRequest recorded, CancellationToken cancellationToken) => script.Next(recorded) is { } next
        ? await next.BuildAsync(recorded, cancellationToken)
        : script.Strict
            ? throw new ApiException(StatusCodes.Status500InternalServerError, "emulator-unscripted", "The script has no reply for this request. Add one with Script.Reply, or set Script.Strict to false.")
            : null;

    private Reply CreateReply(Prompt prompt, ReplyBuilder? scripted, Fault? fault)
    {
        var built = scripted?.Build(prompt.Request, prompt.ResponseId, options.Profile);
        if (built is not null && script.Strict)
        {
            OfferedTools.Check(built, prompt.Request.Tools);
        }

        var reply = fault?.Kind == FaultKind.Failed
            ? new Reply([]) { Error = (fault.Code, fault.Error), ErrorType = fault.ErrorType }
            : built ?? BuiltInModel.Answer(prompt);
        return EncryptReasoning(options.Profile == GrokProfile.Docs2025 ? Docs2025.Rewrite(reply) : reply, prompt.Request, prompt.Model, fault?.ReasoningBytes ?? 0);
    }

    /// <summary>Stores the turn as one in progress, whose client has disconnected.</summary>
    public void Begin(PendingTurn pending)
    {
        var turn = pending.Turn;
        if (turn.Request.Store)
        {
            store.Add(CreateStored(pending, turn, ResponseWriter.ToJson(turn, finished: false), hasOutput: false));
        }
    }

    /// <summary>Sets the completion time of the turn and stores it. Called before the client can read that the response is completed.</summary>
    public Turn Complete(PendingTurn pending)
    {
        var now = options.TimeProvider.GetUtcNow();
        var turn = pending.Turn with { CompletedAt = now.ToUnixTimeSeconds() };
        if (turn.Reply.Error is not null)
        {
            return turn;
        }

        _cache.Remember(turn.Model, pending.Server, pending.Conversation.Resolve());
        if (turn.Request.Store)
        {
            store.Add(CreateStored(pending, turn, ResponseWriter.ToJson(turn), turn.Reply.CanBeContinued));
        }

        return turn;
    }

    /// <summary>Compacts the input into one encrypted item (docs/wire.md#compaction).</summary>
    public byte[] Compact(CreateRequest request, ModelInfo model)
    {
        _rules.CheckReasoning(request.Input, model);
        var input = AttachedFiles.Resolve(DecryptCompactions(request), files);
        var (inputTokens, cachedTokens) = _cache.Measure(model.Id, _cache.ServerFor(request.PromptCacheKey), input);
        ConversationRules.CheckCalls(input, model, inputTokens);
        var blob = compactionCipher.Encrypt(input);
        var outputTokens = TokenCounter.Count(compactionCipher.Decrypt(new CompactionItem(blob)));
        return CompactionWriter.ToJson(
            service.FormatId(options.NewId()),
            service.EchoedName(request.Model ?? model.Id, model),
            options.TimeProvider.GetUtcNow().ToUnixTimeSeconds(),
            blob,
            (inputTokens, cachedTokens, outputTokens),
            CompactionCipher.CountDropped(input));
    }

    private StoredResponse CreateStored(PendingTurn pending, Turn turn, byte[] json, bool hasOutput)
    {
        var now = options.TimeProvider.GetUtcNow();
        return new StoredResponse(turn.Id, turn.Request.PreviousResponseId, now, json, InputItems.Read(turn.Request, turn.Id), pending.Conversation, hasOutput)
        {
            Part = turn.Request.StorePart,
            Bytes = json.Length + (BytesPerByte * (long)pending.RequestBytes),
            ReadableFrom = now + (pending.Fault?.HiddenFor ?? service.HiddenFor(turn.Request)),
        };
    }

    private IReadOnlyList<Item> DecryptCompactions(CreateRequest request) => request.Input.Any(item => item is CompactionItem)
        ? [.. request.Input.Select(item => item is CompactionItem compaction ? compactionCipher.Decrypt(compaction) : item)]
        : request.Input;

    private Reply EncryptReasoning(Reply reply, CreateRequest request, ModelInfo model, int padding)
    {
        if (!request.WantsEncryptedReasoning && !model.AlwaysEncrypts && padding == 0)
        {
            return reply;
        }

        IReadOnlyList<OutputItem> output = padding == 0 || reply.Output.Any(item => item is ReasoningOutput) ? reply.Output : [new ReasoningOutput([]), .. reply.Output];
        return reply with
        {
            Output =
            [
                .. output.Select((item, index) => item is ReasoningOutput reasoning
                    ? EncryptReasoning(reasoning, model, ConversationRules.IdentityOfNext(output, index), padding)
                    : item),
            ],
        };
    }

    // With Zero Data Retention the encrypted reasoning has an empty summary (docs/wire.md#reasoning).
    private ReasoningOutput EncryptReasoning(ReasoningOutput reasoning, ModelInfo model, string nextItem, int padding)
    {
        IReadOnlyList<string> summary = options.ZeroDataRetention ? [] : reasoning.Summary;
        return reasoning with { Summary = summary, EncryptedContent = reasoningCipher.Encrypt(model.Id, summary, nextItem, padding) };
    }
}

/// <summary>A turn that is not complete, the conversation including its reply, its fault, and the server whose cache it reached, and the length of its request.</summary>
internal sealed record PendingTurn(Turn Turn, ConversationNode Conversation, Fault? Fault, int Server, int RequestBytes);
