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

    /// <summary>Additional settings for answers that are not streamed.</summary>
    public Knobs WholeKnobs { get; init; } = new();

    /// <summary>Additional settings for streamed answers.</summary>
    public Knobs Knobs { get; init; } = new();

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
    Whole = 1,
    Streamed = 2,
}

/// <summary>Settings for all kinds of clients.</summary>
internal sealed record Knobs
{
    public string? Endpoint { get; init; }

    public TimeSpan? Timeout { get; init; }

    public TimeSpan? StreamIdleTimeout { get; init; }

    public TimeSpan? ResponseHeadersTimeout { get; init; }

    public TimeSpan? ConnectTimeout { get; init; }

    public int? MaxConcurrentRequests { get; init; }

    public int? MaxQueuedRequests { get; init; }

    public bool DropRefusedParameters { get; init; }

    public GrokChatClientOptions ToOptions(Uri endpoint, string key)
    {
        var options = new GrokChatClientOptions { ApiKey = key, Endpoint = Endpoint is null ? endpoint : new Uri(Endpoint), RetryDelay = TimeSpan.Zero, DropRefusedParameters = DropRefusedParameters };
        options.Timeout = Timeout ?? options.Timeout;
        options.StreamIdleTimeout = StreamIdleTimeout ?? options.StreamIdleTimeout;
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
               (nameof(Endpoint), Endpoint ?? $"{endpoint}"), (nameof(Timeout), Timeout), (nameof(StreamIdleTimeout), StreamIdleTimeout),
               (nameof(ResponseHeadersTimeout), ResponseHeadersTimeout), (nameof(ConnectTimeout), ConnectTimeout), (nameof(MaxConcurrentRequests), MaxConcurrentRequests),
               (nameof(MaxQueuedRequests), MaxQueuedRequests), ("MaxRetries", 3), ("RetryDelay", TimeSpan.Zero),
           ]
           where setting.Value is not null
           select $"Grok:{setting.Name}={setting.Value}",
    ];
}
