using System.Text;
using Connectors.Grok.Emulator.Model;
using Connectors.Grok.Emulator.Rules;
using Connectors.Grok.Emulator.State;
using Connectors.Grok.Emulator.Wire;

namespace Connectors.Grok.Emulator.Http;

/// <summary>Create, get and delete responses.</summary>
internal sealed class ResponsesEndpoint : IDisposable
{
    private const int ClockBits = 12;

    private readonly GrokEmulatorOptions _options;
    private readonly ResponseStore _store;
    private readonly PromptCache _cache;
    private readonly ReasoningSeal _seal;
    private readonly ConversationRules _rules;

    public ResponsesEndpoint(GrokEmulatorOptions options)
    {
        _options = options;
        _store = new ResponseStore(options.TimeProvider, options.Retention);
        _cache = new PromptCache(options.CachedTokenStep);
        var key = options.SealingKey.IsEmpty ? System.Security.Cryptography.RandomNumberGenerator.GetBytes(32) : options.SealingKey.ToArray();
        _seal = new ReasoningSeal(key, options.TimeProvider.GetUtcNow().ToUnixTimeMilliseconds() << ClockBits);
        _rules = new ConversationRules(options, _store, _seal);
    }

    public async Task CreateAsync(HttpContext http, byte[] body, Fault? fault, CancellationToken cancellationToken)
    {
        if (fault?.Kind == FaultKind.Status)
        {
            await Answer.ErrorAsync(http, fault.HttpStatus, fault.Code, fault.Error, fault.RetryAfter);
            return;
        }

        if (fault?.Kind == FaultKind.Html)
        {
            await Answer.HtmlAsync(http, fault.HttpStatus);
            return;
        }

        if (body.Length == 0 || !http.Request.HasJsonContentType())
            throw new ApiException(StatusCodes.Status415UnsupportedMediaType, code: null, "Expected request with `Content-Type: application/json`");
        var request = RequestReader.Read(body);
        var model = RequestRules.FindModel(request);
        KeyCheck.Check(http.Request, _options.ApiKey);
        RequestRules.Check(request, model);
        var (turn, context) = Take(request, model, fault);

        http.Response.Headers["x-request-id"] = turn.Id;
        foreach (var (name, value) in RateLimits)
            http.Response.Headers[name] = value;
        if (request.Stream)
        {
            var sequence = new EventSequence(turn, () => Complete(turn, context)) { WithFinalOutput = fault?.Kind != FaultKind.EmptyFinalOutput };
            await new EventStream(http, _options, fault).WriteAsync(sequence.Events(), cancellationToken);
        }
        else
        {
            await AnswerWholeAsync(http, turn, context, fault, cancellationToken);
        }
    }

    public Task GetAsync(HttpContext http, string id)
    {
        KeyCheck.Check(http.Request, _options.ApiKey);
        var response = _store.Find(id) ?? throw ApiException.ResponseNotFound(id);
        return Answer.JsonAsync(http, response.Json);
    }

    public Task DeleteAsync(HttpContext http, string id)
    {
        KeyCheck.Check(http.Request, _options.ApiKey);
        if (!_store.Remove(id))
            throw ApiException.ResponseNotFound(id);
        return Answer.JsonAsync(http, Json.WriteObject(writer =>
        {
            writer.WriteString("id", id);
            writer.WriteString("object", "response");
            writer.WriteBoolean("deleted", true);
        }));
    }

    public void Dispose() => _seal.Dispose();

    /// <summary>Values as the service sends them: what remains is often just the limit.</summary>
    private static readonly (string Name, string Value)[] RateLimits =
    [
        ("x-ratelimit-limit-requests", "1800"), ("x-ratelimit-remaining-requests", "1800"),
        ("x-ratelimit-limit-tokens", "10000000"), ("x-ratelimit-remaining-tokens", "10000000"),
    ];

    private (Turn Turn, Context Context) Take(CreateRequest request, ModelInfo model, Fault? fault)
    {
        var previous = _rules.FindPrevious(request);
        _rules.CheckStorage(request);
        _rules.CheckReasoning(request.Input, model);

        IReadOnlyList<Item> kept = request.Instructions is { Length: > 0 } instructions
            ? [new MessageItem("system", [new TextPart(instructions)]), .. request.Input]
            : request.Input;
        var items = new Context(previous?.Context, kept).Resolve();
        var (inputTokens, cachedTokens) = _cache.Measure(model.Id, items);
        ConversationRules.CheckCalls(items, model, inputTokens);

        var id = _options.NewId().ToString("D");
        var effort = RequestRules.EffectiveEffort(request, model);
        var created = _options.TimeProvider.GetUtcNow().ToUnixTimeSeconds();
        var reply = fault?.Kind == FaultKind.Failed
            ? new Reply([]) { Error = (fault.Code, fault.Error) }
            : Seal(BuiltInModel.Answer(new Prompt(id, model, items, request, effort)), request, model);
        var turn = new Turn
        {
            Id = id,
            Request = request,
            Reply = reply,
            Usage = Pricing.Of(model, reply, inputTokens, cachedTokens, request.ServiceTier == "priority"),
            Model = model.Id,
            Fingerprint = model.Fingerprint,
            Effort = effort,
            CreatedAt = created,
        };
        return (turn, new Context(previous?.Context, [.. _options.InheritInstructions ? kept : request.Input, .. reply.ToItems()]));
    }

    private Reply Seal(Reply reply, CreateRequest request, ModelInfo model)
    {
        if (!request.WantsEncryptedReasoning && !model.AlwaysEncrypts)
            return reply;
        var next = ConversationRules.NextOf(reply);
        return reply with
        {
            Output =
            [
                .. reply.Output.Select(item => item is ReasoningOutput reasoning
                    ? reasoning with { EncryptedContent = _seal.Seal(model.Id, reasoning.Summary, next) }
                    : item),
            ],
        };
    }

    /// <summary>Stamps the turn and stores it, before anyone reads that it is completed and relies on its id.</summary>
    private Turn Complete(Turn turn, Context context)
    {
        var now = _options.TimeProvider.GetUtcNow();
        turn = turn with { CompletedAt = now.ToUnixTimeSeconds() };
        if (turn.Reply.Error is not null)
            return turn;
        _cache.Remember(turn.Model, context.Resolve());
        if (turn.Request.Store)
            _store.Add(new StoredResponse(turn.Id, now, ResponseWriter.ToJson(turn), context, HasText(turn.Reply)));
        return turn;
    }

    // A message that was cut off before its first word is as empty as none.
    private static bool HasText(Reply reply) => reply.Output.Any(item => item is FunctionCallOutput or MessageOutput { Text.Length: > 0 });

    private async Task AnswerWholeAsync(HttpContext http, Turn turn, Context context, Fault? fault, CancellationToken cancellationToken)
    {
        switch (fault?.Kind)
        {
            case FaultKind.ErrorFirst:
                await Answer.ErrorAsync(http, StatusCodes.Status503ServiceUnavailable, fault.Code, fault.Error);
                break;
            case FaultKind.UntypedError:
                await Answer.JsonAsync(http, Answer.ErrorJson(fault.Code, fault.Error));
                break;
            case FaultKind.Stall:
                await Task.Delay(Timeout.InfiniteTimeSpan, _options.TimeProvider, cancellationToken);
                break;
            case FaultKind.Cut or FaultKind.End:
                http.Response.ContentType = "application/json";
                var json = ResponseWriter.ToJson(turn);
                await http.Response.Body.WriteAsync(json.AsMemory(0, json.Length / 2), cancellationToken);
                await http.Response.Body.FlushAsync(cancellationToken);
                if (fault.Kind == FaultKind.Cut)
                    throw new CutException();
                break;
            default:
                var completed = Complete(turn, context);
                await Answer.JsonAsync(http, ResponseWriter.ToJson(completed, withOutput: fault?.Kind != FaultKind.EmptyFinalOutput));
                break;
        }
    }
}
