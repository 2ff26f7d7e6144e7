namespace Web;

/// <summary>The settings of a node: the configuration section <c>Web</c>.</summary>
internal sealed class WebSettings
{
    /// <summary>The SQLite file of the conversations; used without a connection string.</summary>
    public string Database { get; set; } = "conversations.db";

    /// <summary>Whether visitors can simulate failures with a shared emulator. With the emulator in this process they always can.</summary>
    public bool FaultPanel { get; set; }

    /// <summary>The maximum number of running answers of all visitors.</summary>
    public int MaxRunning { get; set; } = 400;

    /// <summary>The maximum number of running answers of one visitor.</summary>
    public int MaxRunningPerVisitor { get; set; } = 3;

    /// <summary>The maximum number of running answers for one address.</summary>
    public int MaxRunningPerAddress { get; set; } = 12;

    /// <summary>
    /// The maximum number of bytes that all visitors together make this node hold: bodies being read, questions and events of running answers. 0 for half of the memory that the process may
    /// use, at most 1 GiB.
    /// </summary>
    public long MaxHeldBytes { get; set; }

    /// <summary>The maximum number of bytes that one visitor makes this node hold; 0 for three quarters of those of all visitors.</summary>
    public long MaxHeldBytesPerVisitor { get; set; }

    /// <summary>The maximum size of the cached texts and images of stored turns, in bytes; 0 for an eighth of the memory that the process may use, at most 256 MiB.</summary>
    public long MaxCachedBytes { get; set; }

    /// <summary>The maximum size of the images and files on the path of a conversation, in bytes: while the service does not store it, each message resends all of them. At most a tenth of what one visitor may hold.</summary>
    public long MaxConversationBytes { get; set; } = 24 << 20;

    /// <summary>The maximum number of messages with attachments that one address sends at the same time: cookies do not limit them.</summary>
    public int MaxBodiesPerAddress { get; set; } = 4;

    /// <summary>How long the body of a request may take to arrive.</summary>
    public TimeSpan BodyTime { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>The maximum duration of an answer.</summary>
    public TimeSpan MaxRunTime { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>The maximum size of the events of one answer, in bytes.</summary>
    public long MaxRunBytes { get; set; } = 4 << 20;

    /// <summary>The maximum total size of the events of ended answers, in bytes; the oldest are removed first.</summary>
    public long MaxKeptBytes { get; set; } = 64 << 20;

    /// <summary>The maximum total size of the events of ended answers of one visitor, in bytes; the oldest are removed first.</summary>
    public long MaxKeptBytesPerVisitor { get; set; } = 8 << 20;

    /// <summary>How long the events of an ended answer are kept for pages that reconnect.</summary>
    public TimeSpan KeepFinished { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How long a request waits for the first event of an answer, so that an early failure is an HTTP status. Later failures are events.</summary>
    public TimeSpan FirstWait { get; set; } = TimeSpan.FromMilliseconds(700);

    /// <summary>The minimum time between two events with text. Text that arrives faster is sent as one event; zero sends each piece.</summary>
    public TimeSpan TextInterval { get; set; } = TimeSpan.FromMilliseconds(40);

    /// <summary>The interval of heartbeat events on an idle event stream.</summary>
    public TimeSpan Heartbeat { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>The maximum length of a message, in characters.</summary>
    public int MaxText { get; set; } = 100_000;

    /// <summary>The maximum number of images of a message.</summary>
    public int MaxImages { get; set; } = 4;

    /// <summary>The maximum size of an image, in bytes.</summary>
    public int MaxImageBytes { get; set; } = 4 << 20;

    /// <summary>The maximum number of files of a message.</summary>
    public int MaxFiles { get; set; } = 2;

    /// <summary>The maximum size of a file, in bytes. Images and files of a message together have at most the size of the largest images.</summary>
    public int MaxFileBytes { get; set; } = 8 << 20;

    /// <summary>The maximum size of a message request, in bytes: base64 images and files, and text.</summary>
    public long MaxBodyBytes => (MaxImages * (long)MaxImageBytes * 4 / 3) + (MaxText * 6L) + 4096;

    /// <summary>The maximum number of requests per minute from one address.</summary>
    public int RequestsPerAddress { get; set; } = 3000;

    /// <summary>The maximum number of requests per minute from one visitor.</summary>
    public int RequestsPerVisitor { get; set; } = 300;

    /// <summary>The maximum number of messages per minute from one visitor.</summary>
    public int MessagesPerVisitor { get; set; } = 30;

    /// <summary>The maximum number of messages per minute from one address: a new cookie makes a new visitor.</summary>
    public int MessagesPerAddress { get; set; } = 60;

    /// <summary>The maximum number of open event streams of one visitor.</summary>
    public int StreamsPerVisitor { get; set; } = 12;

    /// <summary>The maximum number of conversations in the list.</summary>
    public int MaxListed { get; set; } = 100;

    /// <summary>The maximum size of a request other than a message, in bytes.</summary>
    public const int SmallBody = 16 << 10;

    public long HeldBytes => MaxHeldBytes > 0 ? MaxHeldBytes : Math.Min(1L << 30, Available / 2);

    public long HeldBytesPerVisitor => MaxHeldBytesPerVisitor > 0 ? MaxHeldBytesPerVisitor : HeldBytes * 3 / 4;

    /// <summary>So that a message on the largest conversation still has room.</summary>
    public long ConversationBytes => Math.Min(MaxConversationBytes, HeldBytesPerVisitor / 10);

    public long CachedBytes => MaxCachedBytes > 0 ? MaxCachedBytes : Math.Min(256L << 20, Available / 8);

    private static long Available => GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
}
