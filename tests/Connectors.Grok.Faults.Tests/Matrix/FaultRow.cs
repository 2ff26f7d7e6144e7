using Connectors.Grok.Faults.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Faults.Tests.Matrix;

/// <summary>One row of the matrix: a fault.</summary>
/// <param name="Group">The heading of its group.</param>
/// <param name="Name">A short description of the fault.</param>
/// <param name="Happens">Answers a request with the fault.</param>
internal sealed record FaultRow(string Group, string Name, Func<FaultyFront.Exchange, Task> Happens)
{
    /// <summary>The forms of an answer to which the fault applies.</summary>
    public Forms Forms { get; init; } = Forms.Whole | Forms.Streamed;

    /// <summary>The number of requests with the fault before the service recovers.</summary>
    public int Times { get; init; } = int.MaxValue;

    /// <summary>Additional settings for answers to a single POST.</summary>
    public Knobs WholeKnobs { get; init; } = new();

    /// <summary>Additional settings for answers that are requested as a stream.</summary>
    public Knobs Knobs { get; init; } = new();

    /// <summary>Whether the caller cancels when the fault has happened; the web sample does not.</summary>
    public bool Cancels { get; init; }

    /// <summary>The highest number of billed answers that the caller does not get.</summary>
    public int MostLost { get; init; } = 1;

    /// <summary>Whether the client has another call in progress, which uses its only permit.</summary>
    public bool IsOccupied { get; init; }

    /// <summary>Whether the text before the fault differs from the beginning of the answer.</summary>
    public bool SaysSomethingElse { get; init; }

    /// <summary>The answer with U+FFFD for undecodable bytes; null when it is complete.</summary>
    public string? WithLoss { get; init; }

    /// <summary>The expected answer and its finish reason.</summary>
    public (string Text, ChatFinishReason Reason) Answer => WithLoss is null ? Answers.To(Question) : (WithLoss, ChatFinishReason.Stop);

    /// <summary>Whether the fault takes much memory, so that only one runs at a time.</summary>
    public bool IsHeavy { get; init; }

    /// <summary>The question.</summary>
    public string Question { get; init; } = Answers.Question;

    /// <summary>The requested temperature; the web sample requests none, and is skipped.</summary>
    public float? Temperature { get; init; }
}

/// <summary>The forms of an answer.</summary>
[Flags]
internal enum Forms
{
    None = 0,
    /// <summary>The answer to a single POST.</summary>
    Whole = 1,

    /// <summary>A stream, whether the caller reads it or not.</summary>
    Streamed = 2,
}

/// <summary>Settings for all kinds of clients.</summary>
internal sealed record Knobs
{
    public string? Endpoint { get; init; }

    public TimeSpan? Timeout { get; init; }

    public TimeSpan? StreamIdleTimeout { get; init; }

    public TimeSpan? StreamProgressTimeout { get; init; }

    public TimeSpan? ResponseHeadersTimeout { get; init; }

    public bool RetryServerErrors { get; init; }

    /// <summary>The host of the endpoint; null for its address.</summary>
    public string? Host { get; init; }

    /// <summary>Whether the handler answers a cancellation with an IOException, as in-memory test servers do.</summary>
    public bool IsRude { get; init; }

    public TimeSpan? ConnectTimeout { get; init; }

    public int? MaxConcurrentRequests { get; init; }

    public int? MaxQueuedRequests { get; init; }

    public bool DropRefusedParameters { get; init; }

    // Long enough for one attempt.
    private static TimeSpan RecoveryTimeout => TimeSpan.FromSeconds(2);

    public GrokChatClientOptions ToOptions(Uri endpoint, string key, bool isSingle)
    {
        var options = new GrokChatClientOptions { ApiKey = key, Endpoint = Address(endpoint), AlwaysStream = !isSingle, RecoveryTimeout = RecoveryTimeout, RetryServerErrors = RetryServerErrors, RetryDelay = TimeSpan.Zero, DropRefusedParameters = DropRefusedParameters };
        options.Timeout = Timeout ?? options.Timeout;
        options.StreamIdleTimeout = StreamIdleTimeout ?? options.StreamIdleTimeout;
        options.StreamProgressTimeout = StreamProgressTimeout ?? options.StreamProgressTimeout;
        options.ResponseHeadersTimeout = ResponseHeadersTimeout ?? options.ResponseHeadersTimeout;
        options.ConnectTimeout = ConnectTimeout ?? options.ConnectTimeout;
        options.MaxConcurrentRequests = MaxConcurrentRequests;
        options.MaxQueuedRequests = MaxQueuedRequests ?? options.MaxQueuedRequests;
        return options;
    }

    public string[] ToSettings(Uri endpoint) =>
    [
        .. from setting in (IEnumerable<(string Name, object? Value)>)
           [
               (nameof(Endpoint), Address(endpoint)), (nameof(Timeout), Timeout), (nameof(StreamIdleTimeout), StreamIdleTimeout),
               (nameof(StreamProgressTimeout), StreamProgressTimeout), (nameof(RetryServerErrors), RetryServerErrors), (nameof(RecoveryTimeout), RecoveryTimeout),
               (nameof(ResponseHeadersTimeout), ResponseHeadersTimeout), (nameof(ConnectTimeout), ConnectTimeout), (nameof(MaxConcurrentRequests), MaxConcurrentRequests),
               (nameof(MaxQueuedRequests), MaxQueuedRequests), ("MaxRetries", 2), ("RetryDelay", TimeSpan.Zero),
           ]
           where setting.Value is not null
           select $"Grok:{setting.Name}={setting.Value}",
    ];

    private Uri Address(Uri endpoint) => Endpoint is not null ? new Uri(Endpoint) : Host is not null ? new UriBuilder(endpoint) { Host = Host }.Uri : endpoint;
}
