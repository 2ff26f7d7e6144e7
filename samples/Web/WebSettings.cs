namespace Web;

/// <summary>The limits of one node: the configuration section <c>Web</c>.</summary>
internal sealed class WebSettings
{
    /// <summary>The file that keeps the conversations where no connection string says otherwise.</summary>
    public string Database { get; set; } = "conversations.db";

    /// <summary>Whether visitors may break answers on purpose. Always with the emulator in this process; with a shared one by this setting.</summary>
    public bool BreakPanel { get; set; }

    /// <summary>Answers in the making, of all visitors.</summary>
    public int MaxRunning { get; set; } = 400;

    /// <summary>Answers in the making, of one visitor.</summary>
    public int MaxRunningPerVisitor { get; set; } = 3;

    /// <summary>The longest an answer may take.</summary>
    public TimeSpan MaxRunTime { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>The most that one answer's events may take, in bytes.</summary>
    public long MaxRunBytes { get; set; } = 4 << 20;

    /// <summary>The most that the events of finished answers may take together, in bytes; the oldest go first.</summary>
    public long MaxKeptBytes { get; set; } = 64 << 20;

    /// <summary>How long the events of a finished answer are kept for pages that were away.</summary>
    public TimeSpan KeepFinished { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How long a request waits for the first sign of an answer, so that a refusal is an HTTP status. Later ones are events.</summary>
    public TimeSpan FirstWait { get; set; } = TimeSpan.FromMilliseconds(700);

    /// <summary>How often a silent stream of events says that it is alive.</summary>
    public TimeSpan Beat { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>The longest message, in characters.</summary>
    public int MaxText { get; set; } = 100_000;

    /// <summary>The most images of one message.</summary>
    public int MaxImages { get; set; } = 4;

    /// <summary>The largest image, in bytes.</summary>
    public int MaxImageBytes { get; set; } = 4 << 20;

    /// <summary>The largest request that carries a message, in bytes: the images, as base64, and the text.</summary>
    public long MaxBodyBytes => (MaxImages * (long)MaxImageBytes * 4 / 3) + (MaxText * 6L) + 4096;

    /// <summary>Requests a minute from one address.</summary>
    public int RequestsPerAddress { get; set; } = 3000;

    /// <summary>Requests a minute from one visitor.</summary>
    public int RequestsPerVisitor { get; set; } = 300;

    /// <summary>Messages a minute from one visitor.</summary>
    public int MessagesPerVisitor { get; set; } = 30;

    /// <summary>Open event streams of one visitor.</summary>
    public int StreamsPerVisitor { get; set; } = 12;

    /// <summary>Conversations that the list shows.</summary>
    public int MaxListed { get; set; } = 100;
}
