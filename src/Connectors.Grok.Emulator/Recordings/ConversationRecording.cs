using System.Text;
using Connectors.Grok.Emulator.Recordings;

namespace Connectors.Grok.Emulator;

/// <summary>
/// A recording of requests and responses with their timing. A handler records the exchanges of any <see cref="HttpClient"/>, <see cref="Save"/>
/// writes them to a redacted file of JSON lines, and <see cref="GrokEmulator.Replay"/> answers from it. Thread-safe.
/// </summary>
public sealed class ConversationRecording
{
    private readonly Lock _lock = new();
    private readonly List<RecordedExchange> _exchanges = [];

    /// <summary>The number of recorded requests.</summary>
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

    /// <summary>Loads a recording from a file.</summary>
    /// <param name="path">The path of the file.</param>
    /// <returns>The recording.</returns>
    /// <exception cref="FileNotFoundException">The file does not exist.</exception>
    /// <exception cref="FormatException">The file is not a recording.</exception>
    public static ConversationRecording Load(string path)
    {
        if (!File.Exists(path))
        {
            throw new FileNotFoundException($"The recording '{path}' does not exist. Record one with `grok-emulator --record FILE`, or with new HttpClient(recording.CreateHandler()) and recording.Save(path).", path);
        }

        var recording = new ConversationRecording();
        recording._exchanges.AddRange(RecordingFile.Read(path, File.ReadAllText(path)));
        return recording;
    }

    /// <summary>
    /// Writes the recording to a file that only its owner can read. Keys, tokens, passwords, headers, end users, team ids, and everything that looks like a key
    /// are redacted; only the response headers that clients act on are kept.
    /// </summary>
    /// <param name="path">The path of the file. An existing file is replaced.</param>
    public void Save(string path)
    {
        using var file = RecordingFile.Create(path);
        file.Write(Encoding.UTF8.GetBytes(RecordingFile.Write(Exchanges)));
    }

    /// <summary>Creates a handler that records the requests sent through it, and their responses.</summary>
    /// <param name="inner">The handler that sends the requests; null for a new <see cref="HttpClientHandler"/>.</param>
    /// <param name="timeProvider">The clock; null for <see cref="TimeProvider.System"/>.</param>
    /// <returns>A new handler. The caller disposes it.</returns>
    public DelegatingHandler CreateHandler(HttpMessageHandler? inner = null, TimeProvider? timeProvider = null) =>
        new RecordingHandler(Add, inner ?? new HttpClientHandler(), timeProvider ?? TimeProvider.System);

    internal void Add(RecordedExchange exchange)
    {
        lock (_lock)
        {
            _exchanges.Add(exchange);
        }
    }
}
