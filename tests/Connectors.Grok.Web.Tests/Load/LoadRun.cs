using System.Diagnostics;
using System.Net;
using System.Text;
using Connectors.Grok.Emulator;
using Connectors.Grok.Web.Tests.Support;

namespace Connectors.Grok.Web.Tests.Load;

/// <summary>A load of many visitors at a steady rate, each with its own conversation that alternates between nodes.</summary>
/// <param name="Visitors">The number of concurrent visitors.</param>
/// <param name="Rounds">The number of messages per visitor.</param>
/// <param name="Interval">The time between two messages of a visitor; the visitors start evenly distributed over it.</param>
internal sealed record LoadRun(int Visitors, int Rounds, TimeSpan Interval)
{
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(10);

    public static string[] NodeSettings { get; } =
    [
        "Web:RequestsPerAddress=1000000", "Web:MessagesPerAddress=1000000", "Web:MaxRunningPerAddress=1000", "Web:MessagesPerVisitor=10000", "Web:RequestsPerVisitor=100000", "Logging:LogLevel:Default=Warning",
    ];

    public static GrokEmulatorOptions EmulatorOptions => new() { TokenDelay = Pace, ThinkingDelay = Pace, MaxRecordedRequests = 10 };

    /// <summary>Sends the messages through the sample, each to the next node.</summary>
    public Task<LoadResult> RunOnNodesAsync(IReadOnlyList<string> nodes) => RunAsync(visitor => new WebClient(nodes, visitor));

    /// <summary>Sends the same messages directly to the emulator, as the baseline.</summary>
    public Task<LoadResult> RunDirectlyAsync(Uri emulator) => RunAsync(visitor => new DirectClient(emulator, visitor));

    private async Task<LoadResult> RunAsync(Func<int, IClient> createClient)
    {
        var result = new LoadResult();
        var start = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, Visitors).Select(async visitor =>
        {
            using var client = createClient(visitor);
            for (var round = 0; round < Rounds; round++)
            {
                var due = Interval * (round + ((double)visitor / Visitors));
                var wait = due - Stopwatch.GetElapsedTime(start);
                if (wait > TimeSpan.Zero)
                {
                    await Task.Delay(wait, TimeProvider.System);
                }

                await result.TimeAsync(() => client.SendAsync(round, result.FirstText));
            }
        }));
        result.Elapsed = Stopwatch.GetElapsedTime(start);
        return result;
    }

    /// <summary>The client of a visitor.</summary>
    private interface IClient : IDisposable
    {
        /// <summary>Sends the next message and reads the answer. Throws when the answer is wrong.</summary>
        Task SendAsync(int round, Action<TimeSpan> firstText);
    }

    private static string Text(int visitor, int round) => round == 0 ? $"My code is K{visitor}Z." : "What's my code?";

    private static void Check(int visitor, string answer)
    {
        if (!answer.Contains($"K{visitor}Z", StringComparison.Ordinal))
        {
            throw new InvalidOperationException($"Wrong answer for visitor {visitor}: {answer}");
        }
    }

    private sealed class WebClient(IReadOnlyList<string> nodes, int visitor) : IClient
    {
        private readonly CookieContainer _cookies = new();
        private readonly List<Visit> _visits = [];
        private string? _conversation;

        public async Task SendAsync(int round, Action<TimeSpan> firstText)
        {
            if (_visits.Count == 0)
            {
                // Cookies are not separated by port, so both nodes on this host receive the same cookie.
                _visits.AddRange(nodes.Select(node => new Visit(node, _cookies)));
            }

            var start = Stopwatch.GetTimestamp();
            var visit = _visits[(visitor + round) % _visits.Count];
            (_conversation, var run) = await visit.SendAsync(Text(visitor, round), _conversation);
            var answer = new StringBuilder();
            await foreach (var item in visit.EventsAsync(run))
            {
                if (item.EventType == "text")
                {
                    if (answer.Length == 0)
                    {
                        firstText(Stopwatch.GetElapsedTime(start));
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

    private sealed class DirectClient(Uri emulator, int visitor) : IClient
    {
        private readonly HttpClient _http = new() { Timeout = Timeout.InfiniteTimeSpan };
        private string? _previous;

        public async Task SendAsync(int round, Action<TimeSpan> firstText)
        {
            var start = Stopwatch.GetTimestamp();
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
                        firstText(Stopwatch.GetElapsedTime(start));
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
