using Connectors.Grok.Faults.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Faults.Tests.Matrix;

/// <summary>One line of the matrix: something that goes wrong.</summary>
/// <param name="Group">The heading it stands under.</param>
/// <param name="Name">What goes wrong, in a few words.</param>
/// <param name="Happens">Answers a request that suffers it.</param>
internal sealed record FaultRow(string Group, string Name, Func<FaultyFront.Exchange, Task> Happens)
{
    /// <summary>The forms of an answer that it can happen to.</summary>
    public Forms Forms { get; init; } = Forms.Whole | Forms.Streamed;

    /// <summary>How many requests suffer it before the service is well again.</summary>
    public int Times { get; init; } = int.MaxValue;

    /// <summary>Settings beside the usual ones, for answers that are not streamed.</summary>
    public Knobs WholeKnobs { get; init; } = new();

    /// <summary>Settings beside the usual ones, for answers that are streamed.</summary>
    public Knobs Knobs { get; init; } = new();

    /// <summary>Whether the client has another answer under way, and may have only that one.</summary>
    public bool IsOccupied { get; init; }

    /// <summary>Whether what came before the fault is something else than the beginning of the answer.</summary>
    public bool SaysSomethingElse { get; init; }

    /// <summary>The answer, where letters were lost on the way and U+FFFD stands for them; null where it is whole.</summary>
    public string? WithLoss { get; init; }

    /// <summary>What is an answer, and how it ends.</summary>
    public (string Text, ChatFinishReason Reason) Answer => WithLoss is null ? Answers.To(Question) : (WithLoss, ChatFinishReason.Stop);

    /// <summary>Whether it takes much memory, so that only one may happen at a time.</summary>
    public bool IsHeavy { get; init; }

    /// <summary>What is asked.</summary>
    public string Question { get; init; } = Answers.Question;

    /// <summary>The temperature that is asked for; the web sample asks for none, and is left out.</summary>
    public float? Temperature { get; init; }
}

/// <summary>How an answer comes.</summary>
[Flags]
internal enum Forms
{
    None = 0,
    Whole = 1,
    Streamed = 2,
}

/// <summary>Settings of a client, however it is made.</summary>
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
