using System.Diagnostics;
using System.Net;
using System.Text;
using Connectors.Grok.Emulator;
using Connectors.Grok.Web.Tests.Support;

namespace Connectors.Grok.Web.Tests.Load;

/// <summary>Many visitors at a steady rate, each with a conversation of its own that goes on on one node and then on another.</summary>
/// <param name="Visitors">How many at once.</param>
/// <param name="Rounds">How many messages each sends.</param>
/// <param name="Interval">The time between two messages of a visitor; the visitors begin evenly spread over it.</param>
internal sealed record LoadRun(int Visitors, int Rounds, TimeSpan Interval)
{
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(10);

    public static string[] NodeSettings { get; } =
    [
        "Web:RequestsPerAddress=1000000", "Web:MessagesPerVisitor=10000", "Web:RequestsPerVisitor=100000", "Logging:LogLevel:Default=Warning",
    ];

    public static GrokEmulatorOptions EmulatorOptions => new() { TokenDelay = Pace, ThinkingDelay = Pace, MaxRecordedRequests = 10 };

    /// <summary>Through the sample: each message to the next node.</summary>
    public Task<LoadResult> OnAsync(IReadOnlyList<string> nodes) => RunAsync(visitor => new WebTalk(nodes, visitor));

    /// <summary>The same messages straight to the emulator, which is the time that is not ours.</summary>
    public Task<LoadResult> DirectAsync(Uri emulator) => RunAsync(visitor => new DirectTalk(emulator, visitor));

    private async Task<LoadResult> RunAsync(Func<int, ITalk> talk)
    {
        var result = new LoadResult();
        var began = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, Visitors).Select(async visitor =>
        {
            using var mine = talk(visitor);
            for (var round = 0; round < Rounds; round++)
            {
                var due = Interval * (round + ((double)visitor / Visitors));
                var wait = due - Stopwatch.GetElapsedTime(began);
                if (wait > TimeSpan.Zero)
                {
                    await Task.Delay(wait, TimeProvider.System);
                }

                await result.TimeAsync(() => mine.SayAsync(round, result.FirstText));
            }
        }));
        result.Elapsed = Stopwatch.GetElapsedTime(began);
        return result;
    }

    /// <summary>A visitor's talk.</summary>
    private interface ITalk : IDisposable
    {
        /// <summary>Says the next thing and reads the answer to its end. Throws when it is not the right one.</summary>
        Task SayAsync(int round, Action<TimeSpan> firstText);
    }

    private static string Text(int visitor, int round) => round == 0 ? $"My code is K{visitor}Z." : "What's my code?";

    private static void Check(int visitor, string answer)
    {
        if (!answer.Contains($"K{visitor}Z", StringComparison.Ordinal))
        {
            throw new InvalidOperationException($"Visitor {visitor} was answered: {answer}");
        }
    }

    private sealed class WebTalk(IReadOnlyList<string> nodes, int visitor) : ITalk
    {
        private readonly CookieContainer _cookies = new();
        private readonly List<Visit> _visits = [];
        private string? _conversation;

        public async Task SayAsync(int round, Action<TimeSpan> firstText)
        {
            if (_visits.Count == 0)
            {
                // Cookies know no ports: both nodes on this host get the same one, as they do behind one name.
                _visits.AddRange(nodes.Select(node => new Visit(node, _cookies)));
            }

            var began = Stopwatch.GetTimestamp();
            var visit = _visits[(visitor + round) % _visits.Count];
            (_conversation, var run) = await visit.SendAsync(Text(visitor, round), _conversation);
            var answer = new StringBuilder();
            await foreach (var item in visit.EventsAsync(run))
            {
                if (item.EventType == "text")
                {
                    if (answer.Length == 0)
                    {
                        firstText(Stopwatch.GetElapsedTime(began));
                    }

                    answer.Append(Visit.TextOf([item]));
                }
                else if (item.EventType == "failed")
                {
                    throw new InvalidOperationException(item.Data);
                }
            }

            Check(visitor, answer.ToString());
        }

        public void Dispose() => _visits.ForEach(static visit => visit.Dispose());
    }

    private sealed class DirectTalk(Uri emulator, int visitor) : ITalk
    {
        private readonly HttpClient _http = new() { Timeout = Timeout.InfiniteTimeSpan };
        private string? _previous;

        public async Task SayAsync(int round, Action<TimeSpan> firstText)
        {
            var began = Stopwatch.GetTimestamp();
            var continued = _previous is null ? "" : $",\"previous_response_id\":\"{_previous}\"";
            using var request = new HttpRequestMessage(HttpMethod.Post, $"{emulator.AbsoluteUri.TrimEnd('/')}/responses")
            {
                Content = new StringContent($$"""{"model":"grok-4.7","stream":true,"input":"{{Text(visitor, round)}}"{{continued}}}""", Visit.Json),
            };
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            response.EnsureSuccessStatusCode();
            await using var stream = await response.Content.ReadAsStreamAsync();
            var answer = new StringBuilder();
            await foreach (var item in System.Net.ServerSentEvents.SseParser.Create(stream).EnumerateAsync())
            {
                using var json = System.Text.Json.JsonDocument.Parse(item.Data);
                if (item.EventType == "response.output_text.delta")
                {
                    if (answer.Length == 0)
                    {
                        firstText(Stopwatch.GetElapsedTime(began));
                    }

                    answer.Append(json.RootElement.GetProperty("delta").GetString());
                }
                else if (item.EventType == "response.completed")
                {
                    _previous = json.RootElement.GetProperty("response").GetProperty("id").GetString();
                }
            }

            Check(visitor, answer.ToString());
        }

        public void Dispose() => _http.Dispose();
    }
}
