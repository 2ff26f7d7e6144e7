namespace Connectors.Grok.Emulator;

/// <summary>How an emulator behaves. Read once, when the emulator is made.</summary>
public sealed class GrokEmulatorOptions
{
    /// <summary>The port to listen on.</summary>
    /// <value>0 by default: any free port.</value>
    public int Port { get; set; }

    /// <summary>The address to listen on: a loopback address or <c>localhost</c>, unless <see cref="AllowRemote"/> is set.</summary>
    /// <value><c>127.0.0.1</c> by default.</value>
    public string Host { get; set; } = "127.0.0.1";

    /// <summary>Whether <see cref="Host"/> may be an address that other machines can reach.</summary>
    /// <value><see langword="false"/> by default.</value>
    public bool AllowRemote { get; set; }

    /// <summary>Which generation of the API is emulated.</summary>
    /// <value><see cref="GrokProfile.Current"/> by default.</value>
    public GrokProfile Profile { get; set; }

    /// <summary>The clock: creation times, the expiry of stored responses, and the pauses in streams.</summary>
    /// <value><see cref="TimeProvider.System"/> by default.</value>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;

    /// <summary>The one key that is accepted. When set, no key is a 401 and a wrong key is a 400, as at xAI (section 12.2).</summary>
    /// <value><see langword="null"/> by default: any key, and none, is accepted.</value>
    public string? ApiKey { get; set; }

    /// <summary>How long responses are stored.</summary>
    /// <value>30 days by default.</value>
    public TimeSpan Retention { get; set; } = TimeSpan.FromDays(30);

    /// <summary>The pause before each piece of streamed text.</summary>
    /// <value>Zero by default.</value>
    public TimeSpan TokenDelay { get; set; }

    /// <summary>The pause before each piece of streamed reasoning.</summary>
    /// <value>Zero by default.</value>
    public TimeSpan ThinkingDelay { get; set; }

    /// <summary>Whether a stream ends with <c>data: [DONE]</c>. Older documents say so; newer observations do not (section 6.1).</summary>
    /// <value><see langword="null"/> by default: as the <see cref="Profile"/> says.</value>
    public bool? SendDone { get; set; }

    /// <summary>Whether the team has Zero Data Retention: <c>store</c> must be false, and nothing can be continued or fetched (section 10.6).</summary>
    /// <value><see langword="false"/> by default.</value>
    public bool ZeroDataRetention { get; set; }

    /// <summary>Whether a stored request with an image in its input is refused with 400. The guide says that it "may fail".</summary>
    /// <value><see langword="false"/> by default.</value>
    public bool RejectStoredImages { get; set; }

    /// <summary>Whether a response cannot be continued any more once one that it follows was deleted or has expired. Nobody outside has seen what the service does.</summary>
    /// <value><see langword="false"/> by default.</value>
    public bool BreakChains { get; set; }

    /// <summary>Whether <c>status</c> on a replayed reasoning item is refused with 400. xAI's own client strips it as rejected; the documents send it (section 3.3).</summary>
    /// <value><see langword="false"/> by default.</value>
    public bool RejectReasoningStatus { get; set; }

    /// <summary>Whether <c>instructions</c> of an earlier response stay in force when it is continued. Sources disagree (section 10.4).</summary>
    /// <value><see langword="true"/> by default.</value>
    public bool InheritInstructions { get; set; } = true;

    /// <summary>The key that encrypted reasoning is sealed with, 32 bytes; the same key in another process opens the same blobs.</summary>
    /// <value>Empty by default: a random key for each emulator.</value>
    public ReadOnlyMemory<byte> SealingKey { get; set; }

    /// <summary>The step in which cached tokens are counted, in tokens. The real service steps more coarsely (section 5).</summary>
    /// <value>16 by default, so that short conversations show them.</value>
    public int CachedTokenStep { get; set; } = 16;

    /// <summary>How many requests <see cref="GrokEmulator.Requests"/> keeps; the oldest go first.</summary>
    /// <value>10000 by default.</value>
    public int MaxRecordedRequests { get; set; } = 10_000;

    /// <summary>Where the ids of responses come from.</summary>
    /// <value>Random by default.</value>
    public Func<Guid> NewId { get; set; } = Guid.NewGuid;

    /// <summary>For the program: the recording it answers from.</summary>
    internal string? ReplayFrom { get; set; }

    internal double ReplaySpeed { get; set; } = 1;

    internal bool EndsWithDone => SendDone ?? Profile == GrokProfile.Docs2025;
}
