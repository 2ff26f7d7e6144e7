using Connectors.Grok.Emulator.Faults;
using Connectors.Grok.Emulator.Foundation;
using Connectors.Grok.Emulator.Http;
using Connectors.Grok.Emulator.Rules;
using Connectors.Grok.Emulator.State;
using Connectors.Grok.Emulator.Turns;
using Connectors.Grok.Emulator.Wire;

namespace Connectors.Grok.Emulator.Endpoints;

/// <summary>Create, compact, get and delete responses.</summary>
internal sealed class ResponsesEndpoint : IDisposable
{
    private const int ClockBits = 12;

    /// <summary>Values as the service sends them: what remains is often just the limit.</summary>
    private static readonly (string Name, string Value)[] RateLimits =
    [
        ("x-ratelimit-limit-requests", "1800"), ("x-ratelimit-remaining-requests", "1800"),
        ("x-ratelimit-limit-tokens", "10000000"), ("x-ratelimit-remaining-tokens", "10000000"),
    ];

    private readonly GrokEmulatorOptions _options;
    private readonly ResponseStore _store;
    private readonly ReasoningSeal _seal;
    private readonly CompactionSeal _compactions;
    private readonly TurnFactory _turns;

    public ResponsesEndpoint(GrokEmulatorOptions options, ReplyScript script)
    {
        _options = options;
        _store = new ResponseStore(options.TimeProvider, options.Retention);
        var key = options.SealingKey.IsEmpty ? System.Security.Cryptography.RandomNumberGenerator.GetBytes(32) : options.SealingKey.ToArray();
        _seal = new ReasoningSeal(key, options.TimeProvider.GetUtcNow().ToUnixTimeMilliseconds() << ClockBits);
        _compactions = new CompactionSeal(key);
        _turns = new TurnFactory(options, _store, _seal, _compactions, script);
    }

    /// <summary>How many responses are kept.</summary>
    public int Stored => _store.Count;

    public void ExpireAll() => _store.Clear();

    public async Task CreateAsync(HttpContext http, RecordedRequest recorded, byte[] body, Fault? fault, CancellationToken cancellationToken)
    {
        var request = Read(http, body);
        var model = RequestRules.FindModel(request);
        KeyCheck.Check(http.Request, _options.ApiKey);
        RequestRules.Check(request, model);
        var work = _turns.Take(request, model, recorded, fault);
        if (work.Fault is { Kind: FaultKind.Status } refused)
        {
            await Answer.FaultAsync(http, refused, _options.Profile);
            return;
        }

        http.Response.Headers["x-request-id"] = work.Turn.Id;
        foreach (var (name, value) in RateLimits)
        {
            http.Response.Headers[name] = value;
        }

        await using var dress = AnswerDress.Put(http, work.Fault);
        if (request.Stream)
        {
            await StreamAsync(http, work, cancellationToken);
        }
        else
        {
            await new WholeAnswer(http, _options, work.Turn, work.Fault, () => _turns.Complete(work)).WriteAsync(cancellationToken);
        }
    }

    public Task CompactAsync(HttpContext http, byte[] body)
    {
        var request = Read(http, body);
        var model = RequestRules.FindModel(request);
        KeyCheck.Check(http.Request, _options.ApiKey);
        RequestRules.Check(request, model);
        return Answer.JsonAsync(http, _turns.Compact(request, model));
    }

    public Task GetAsync(HttpContext http, string id) => Answer.JsonAsync(http, Find(http, id).Json);

    public Task GetInputItemsAsync(HttpContext http, string id) => Answer.JsonAsync(http, Find(http, id).InputItems);

    public Task DeleteAsync(HttpContext http, string id)
    {
        KeyCheck.Check(http.Request, _options.ApiKey);
        if (!_store.Remove(id))
        {
            throw ApiException.ResponseNotFound(id);
        }

        return Answer.JsonAsync(http, Json.WriteObject(writer =>
        {
            writer.WriteString("id", id);
            writer.WriteString("object", "response");
            writer.WriteBoolean("deleted", true);
        }));
    }

    public void Dispose()
    {
        _seal.Dispose();
        _compactions.Dispose();
    }

    private static CreateRequest Read(HttpContext http, byte[] body) => body.Length == 0 || !http.Request.HasJsonContentType()
        ? throw new ApiException(StatusCodes.Status415UnsupportedMediaType, code: null, "Expected request with `Content-Type: application/json`")
        : RequestReader.Read(body);

    private StoredResponse Find(HttpContext http, string id)
    {
        KeyCheck.Check(http.Request, _options.ApiKey);
        return _store.Find(id) ?? throw ApiException.ResponseNotFound(id);
    }

    private Task StreamAsync(HttpContext http, Work work, CancellationToken cancellationToken)
    {
        var sequence = new EventSequence(work.Turn, () => _turns.Complete(work)) { WithFinalOutput = work.Fault?.Kind != FaultKind.EmptyFinalOutput };
        return new EventStream(http, _options, work.Fault, work.Turn.Reply.Pace).WriteAsync(sequence.Events(), cancellationToken);
    }
}
