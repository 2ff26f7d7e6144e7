using Connectors.Grok.Emulator.Recordings;

namespace Connectors.Grok.Emulator;

/// <summary>
/// Requests and answers of a conversation, with their times. Recorded by a handler of any <see cref="HttpClient"/>, kept as a redacted file of
/// JSON lines, answered again by <see cref="GrokEmulator.Replay"/>. Thread-safe.
/// </summary>
public sealed class ConversationRecording
{
    private readonly Lock _lock = new();
    private readonly List<RecordedExchange> _exchanges = [];

    /// <summary>How many requests were recorded.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _exchanges.Count;
            }
        }
    }

    internal IReadOnlyList<RecordedExchange> Exchanges
    {
        get
        {
            lock (_lock)
            {
                return [.. _exchanges];
            }
        }
    }

    /// <summary>Reads a recording.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The recording.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="FormatException">The file is no recording.</exception>
    public static ConversationRecording Load(string path)
    {
        if (!File.Exists(path))
        {
            throw new FileNotFoundException($"There is no recording {path}. Record one: new HttpClient(recording.CreateHandler()), then recording.Save(path).", path);
        }

        var recording = new ConversationRecording();
        recording._exchanges.AddRange(RecordingFile.Read(path, File.ReadAllText(path)));
        return recording;
    }

    /// <summary>Writes the recording: no keys, no tokens, no end users, no teams; only the headers that clients act on.</summary>
    /// <param name="path">The file; replaced when it exists.</param>
    public void Save(string path) => File.WriteAllText(path, RecordingFile.Write(Exchanges));

    /// <summary>A handler that records what passes through it.</summary>
    /// <param name="inner">What sends the requests on; null for the network.</param>
    /// <param name="timeProvider">The clock; null for the system's.</param>
    /// <returns>A new handler, the caller's to dispose.</returns>
    public DelegatingHandler CreateHandler(HttpMessageHandler? inner = null, TimeProvider? timeProvider = null) =>
        new RecordingHandler(this, inner ?? new HttpClientHandler(), timeProvider ?? TimeProvider.System);

    internal void Add(RecordedExchange exchange)
    {
        lock (_lock)
        {
            _exchanges.Add(exchange);
        }
    }
}
