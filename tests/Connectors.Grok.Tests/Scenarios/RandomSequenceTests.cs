using System.Globalization;
using System.Text.Json;
using Connectors.Grok.Conversations;
using Connectors.Grok.Conversations.Engine;
using Connectors.Grok.Sqlite;
using Connectors.Grok.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Scenarios;

/// <summary>
/// Random sequences of everything that can be done with a conversation, against a naive model that always sends everything: what the model
/// saw must be the same messages, once, in order, under the same instructions.
/// </summary>
/// <remarks>The environment variable <c>GROK_TEST_SEQUENCES</c> sets how many sequences run; see tests/README.md.</remarks>
public sealed class RandomSequenceTests
{
    private static readonly int Sequences = int.TryParse(Environment.GetEnvironmentVariable("GROK_TEST_SEQUENCES"), CultureInfo.InvariantCulture, out var n) ? n : 150;

    [Fact]
    public async Task Model_sees_what_a_naive_client_would_send_from_memory()
    {
        for (var seed = 0; seed < Sequences; seed++)
        {
            await new Sequence(seed, new InMemoryConversationStore()).RunAsync();
        }
    }

    [Fact]
    public async Task Model_sees_what_a_naive_client_would_send_from_a_file()
    {
        for (var seed = 0; seed < Sequences / 10; seed++)
        {
            var file = Path.Combine(Path.GetTempPath(), $"sequence-{Guid.NewGuid():N}.db");
            try
            {
                using var store = new SqliteConversationStore(file);
                await new Sequence(seed + 1_000_000, store).RunAsync();
            }
            finally
            {
                File.Delete(file);
            }
        }
    }

    [Fact]
    public async Task Model_sees_what_a_naive_client_would_send_under_a_protector()
    {
        for (var seed = 0; seed < Sequences / 3; seed++)
        {
            await new Sequence(seed + 2_000_000, new InMemoryConversationStore(), o => (o.Protector, o.HistoryKey) = (new XorProtector(), seed % 2 == 0 ? Some.HistoryKey : null)).RunAsync();
        }
    }

    /// <summary>A host that passes the whole history with every call and keeps no ids.</summary>
    [Fact]
    public async Task Model_sees_the_history_of_a_host_that_loses_ids()
    {
        for (var seed = 0; seed < Sequences; seed++)
        {
            var random = new Random(seed);
            var (service, clock) = (new StatefulService(), new ManualTime());
            var options = new HistoryTrackingOptions { TimeProvider = clock, HistoryKey = random.Next(2) == 0 ? Some.HistoryKey : null, RememberedAnswers = random.Next(3) * 5 };
            using var client = Loops.Build(service, seed, c => c.AsHistoryTrackingClient(options));
            List<ChatMessage> history = [];
            for (var step = 0; step < 25; step++)
            {
                history = Posting.Vary(history, random);
                history.Add(Posting.Next(history, random, step));
                var call = Posting.Options(random);
                if (random.Next(10) == 0)
                {
                    service.Forget();
                }
                else if (random.Next(10) == 0)
                {
                    service.Forget(random);
                }

                clock.Advance(TimeSpan.FromDays(random.Next(12) == 0 ? 31 : 0));
                if (random.Next(12) == 0)
                {
                    await Posting.CancelAsync(client, history, call, random);
                }

                var answer = await Posting.AskAsync(client, history, call, random);
                Posting.Equal(Posting.Whole(history, Posting.BeforeLast(answer)), call.Instructions, service.Seen, $"seed {seed}, step {step}");
                history = [.. history, .. answer.Messages];
            }
        }
    }

    /// <summary>One sequence over named conversations.</summary>
    private sealed class Sequence(int seed, ConversationStore store, Action<ConversationOptions>? configure = null)
    {
        private readonly Random _random = new(seed);

        private readonly StatefulService _service = new();
        private readonly ManualTime _clock = new();

        /// <summary>What the model had seen and said after each turn, and the instructions in force.</summary>
        private readonly Dictionary<string, (List<ChatMessage> View, string? Instructions, string? Evidence)> _turns = new(StringComparer.Ordinal) { [""] = ([], null, null) };
        private readonly List<string> _names = ["t"];
        private IChatClient _client = null!;
        private ConversationManager _conversations = null!;
        private string _what = "";

        public async Task RunAsync()
        {
            var options = new ConversationOptions { TimeProvider = _clock, Conflict = ConversationConflict.Fork };
            configure?.Invoke(options);
            _client = Loops.Build(_service, seed, c => c.AsConversationClient(store, options));
            _conversations = _client.GetService<ConversationManager>()!;
            for (var step = 0; step < 25; step++)
            {
                var name = _names[_random.Next(_names.Count)];
                _what = $"seed {seed}, step {step} on {name}";
                await StepAsync(name, step).ConfigureAwait(false);
            }
        }

        private async Task StepAsync(string name, int step)
        {
            var (head, view, instructions) = await HeadAsync(name).ConfigureAwait(false);
            switch (_random.Next(18))
            {
                case 0 when head.Length > 0:
                    _names.Add($"{name}/{step}");
                    await _conversations.ForkAsync(name, _names[^1], (await RandomTurnAsync(name).ConfigureAwait(false))).ConfigureAwait(false);
                    break;
                case 1 when head.Length > 0:
                    await _conversations.RewindAsync(name, 1).ConfigureAwait(false);
                    break;
                case 2 when head.Length > 0:
                    await RegenerateAsync(name).ConfigureAwait(false);
                    break;
                case 3 when head.Length > 0:
                    var parent = await RandomTurnAsync(name).ConfigureAwait(false);
                    var question = Posting.Question(_random, step);
                    await AskAsync(name, Posting.Whole(_turns[parent].View, [question]), [question], Posting.Options(_random).WithParentTurn(parent), parent).ConfigureAwait(false);
                    break;
                case 4:
                    _service.Forget();
                    break;
                case 5:
                    _clock.Advance(TimeSpan.FromDays(31));
                    break;
                case 6 when head.Length > 0:
                    _names.Add($"{name}/import{step}");
                    await ImportAsync(name).ConfigureAwait(false);
                    break;
                case 7:
                    _service.Failures = 1;
                    await Assert.ThrowsAsync<GrokException>(() => Posting.AskAsync(_client, [Posting.Question(_random, step)], Named(name), _random)).ConfigureAwait(false);
                    break;
                case 10:
                    _service.Forget(_random);
                    break;
                case 11:
                    await Posting.CancelAsync(_client, [Posting.Question(_random, step)], Named(name), _random).ConfigureAwait(false);
                    break;
                case 12:
                    await AskTwiceAsync(name, step, view, instructions, head).ConfigureAwait(false);
                    break;
                case 8 or 9 when view.Count > 1:
                    var posted = Posting.Vary(view, _random);
                    posted.Add(Posting.Next(posted, _random, step));
                    await PostAsync(name, view, posted, instructions, head).ConfigureAwait(false);
                    break;
                default:
                    var next = Posting.Next(view, _random, step);
                    await AskAsync(name, Posting.Whole(view, [next]), [next], Posting.Options(_random), head).ConfigureAwait(false);
                    break;
            }
        }

        /// <summary>Posts a history: it is seen exactly, unless it holds no evidence of this conversation, and then follows the head.</summary>
        private async Task PostAsync(string name, List<ChatMessage> view, List<ChatMessage> posted, string? instructions, string head)
        {
            var options = Posting.Options(_random);
            if (posted.Exists(static m => m.Role == ChatRole.Assistant) && (await HoldsEvidenceAsync(name, view, posted).ConfigureAwait(false)))
            {
                await AskAsync(name, Posting.Whole([], posted), posted, options, "").ConfigureAwait(false);
            }
            else if (Posting.HasOrphan(view, posted))
            {
                options.ConversationId = name;
                await Assert.ThrowsAsync<ArgumentException>(() => Posting.AskAsync(_client, posted, options, _random)).ConfigureAwait(false);
            }
            else
            {
                await AskAsync(name, Posting.Whole(view, posted), posted, options, head).ConfigureAwait(false);
            }
        }

        private async Task<bool> HoldsEvidenceAsync(string name, List<ChatMessage> view, List<ChatMessage> posted)
        {
            var tree = await _conversations.GetTreeAsync(name).ConfigureAwait(false);
            var pairs = tree.Select(t => _turns[t.Id].Evidence).OfType<string>().Concat(Posting.Evidence(view)).ToHashSet(StringComparer.Ordinal);
            var views = tree.Select(t => Posting.Text(_turns[t.Id].View)).ToHashSet(StringComparer.Ordinal);
            // A stamp is evidence where it names this conversation, or one of its turns; a copy has other turns than its original.
            var ids = tree.Select(static t => t.Id).Append(name).ToHashSet(StringComparer.Ordinal);
            return posted.Exists(m => HistoryStamps.TurnOf(m) is var (conversation, turn) && (ids.Contains(conversation) || ids.Contains(turn)))
                || Enumerable.Range(1, posted.Count).Any(i => posted[i - 1].Role != ChatRole.User && views.Contains(Posting.Text(posted[..i])))
                || Posting.Evidence(posted).Any(pairs.Contains);
        }

        private async Task AskAsync(string name, List<ChatMessage> expected, List<ChatMessage> posted, ChatOptions options, string continued)
        {
            options.ConversationId = name;
            var answer = await Posting.AskAsync(_client, posted, options, _random).ConfigureAwait(false);
            var isPosted = continued.Length == 0 && posted.Exists(static m => m.Role == ChatRole.Assistant);
            var inForce = options.Instructions ?? (isPosted ? null : _turns[continued].Instructions);
            Posting.Equal(Posting.Whole(expected, Posting.BeforeLast(answer)), inForce, _service.Seen, _what);
            Assert.Equal(name, answer.ConversationId);
            await KeepAsync(name, expected, answer, inForce).ConfigureAwait(false);
        }

        /// <summary>Two callers at once: the second one to finish gets a fork.</summary>
        private async Task AskTwiceAsync(string name, int step, List<ChatMessage> view, string? instructions, string head)
        {
            var (slow, fast) = (new ChatMessage(ChatRole.User, $"slow {step}"), new ChatMessage(ChatRole.User, $"fast {step}"));
            var hold = new TaskCompletionSource();
            _service.Hold = hold.Task;
            var waiting = _client.GetResponseAsync([slow], Named(name));
            await AskAsync(name, Posting.Whole(view, [fast]), [fast], new ChatOptions(), head).ConfigureAwait(false);
            hold.SetResult();
            var answer = await waiting.ConfigureAwait(false);
            Assert.StartsWith(name + "~", answer.ConversationId, StringComparison.Ordinal);
            Posting.Equal(Posting.Whole(view, [slow]), instructions, _service.Seen, _what + " slow");
            _names.Add(answer.ConversationId!);
            await KeepAsync(answer.ConversationId!, Posting.Whole(view, [slow]), answer, instructions).ConfigureAwait(false);
        }

        /// <summary>Remembers what the model saw up to each turn that was added.</summary>
        private async Task KeepAsync(string name, List<ChatMessage> expected, ChatResponse answer, string? inForce)
        {
            var path = await _conversations.GetTurnsAsync(name).ConfigureAwait(false);
            var added = path.Reverse().TakeWhile(t => !_turns.ContainsKey(t.Id)).Reverse().ToList();
            var view = expected;
            for (var i = 0; i < added.Count; i++)
            {
                // A function loop above makes a turn of each answer; the next one begins with the results.
                var before = i == 0 ? view : Posting.Whole(view, [answer.Messages[(2 * i) - 1]]);
                var output = added.Count == 1 ? answer.Messages.ToList() : [answer.Messages[2 * i]];
                view = Posting.Whole(before, output);
                _turns[added[i].Id] = (view, inForce, Posting.EvidenceOf(before, output));
            }
        }

        private async Task RegenerateAsync(string name)
        {
            var turns = await _conversations.GetTurnsAsync(name).ConfigureAwait(false);
            var asked = turns.Last(t => _conversations.Read(t).Input.Any(static m => m.Contents.Any(static c => c is not FunctionResultContent)));
            var input = _conversations.Read(asked).Input;
            var parent = asked.ParentId ?? "";
            var answer = await _client.RegenerateAsync(name).ConfigureAwait(false);
            var expected = Posting.Whole(_turns[parent].View, [.. input]);
            var inForce = _turns[asked.Id].Instructions;
            Posting.Equal(Posting.Whole(expected, Posting.BeforeLast(answer)), inForce, _service.Seen, _what + " regenerated");
            await KeepAsync(name, expected, answer, inForce).ConfigureAwait(false);
        }

        private async Task ImportAsync(string name)
        {
            using var document = new MemoryStream();
            await _conversations.ExportAsync(name, document).ConfigureAwait(false);
            document.Position = 0;
            await _conversations.ImportAsync(_names[^1], document, trustsSource: _random.Next(2) == 0).ConfigureAwait(false);
            // A copy has other ids, and the same answers.
            var originals = (await _conversations.GetTreeAsync(name).ConfigureAwait(false)).ToDictionary(AnswerOf);
            foreach (var copy in await _conversations.GetTreeAsync(_names[^1]).ConfigureAwait(false))
            {
                _turns[copy.Id] = _turns[originals[AnswerOf(copy)].Id];
            }

            string AnswerOf(ConversationTurn turn) => _conversations.Read(turn).Output[^1].MessageId!;
        }

        private async Task<string> RandomTurnAsync(string name)
        {
            var tree = await _conversations.GetTreeAsync(name).ConfigureAwait(false);
            return tree[_random.Next(tree.Count)].Id;
        }

        private async Task<(string Head, List<ChatMessage> View, string? Instructions)> HeadAsync(string name)
        {
            var head = (await _conversations.GetAsync(name).ConfigureAwait(false))?.Head?.Id ?? "";
            return (head, _turns[head].View, _turns[head].Instructions);
        }

        private static ChatOptions Named(string name) => new() { ConversationId = name };
    }

    /// <summary>Where a function loop runs: nowhere, above the client under test, or below it.</summary>
    private static class Loops
    {
        public static IChatClient Build(IChatClient service, int seed, Func<IChatClient, IChatClient> tested) => (seed % 3) switch
        {
            0 => tested(service),
            1 => new FunctionLoop(tested(service)),
            _ => tested(new FunctionLoop(service)),
        };
    }

    /// <summary>What callers post, and how it compares.</summary>
    private static class Posting
    {
        public static ChatMessage Question(Random random, int step) => random.Next(8) switch
        {
            0 => new(ChatRole.User, [new TextContent($"image {step}"), new DataContent(new[] { (byte)step }, "image/png")]),
            1 => new(ChatRole.User, $"refuse {step}"),
            2 => new(ChatRole.User, $"call {step}"),
            3 => new(ChatRole.User, "yes"),
            _ => new(ChatRole.User, $"question {step}.{random.Next(99)}"),
        };

        /// <summary>A question, or, usually, the result of a pending call.</summary>
        public static ChatMessage Next(List<ChatMessage> view, Random random, int step)
        {
            // Only those of the last answer: a call that the conversation has left behind can no longer be answered.
            var last = view.Count > 0 && view[^1].Role == ChatRole.Assistant ? view[^1].Contents.OfType<FunctionCallContent>().Select(static c => c.CallId).ToList() : [];
            var open = Open(view).Where(last.Contains).ToList();
            return open.Count > 0 && random.Next(4) > 0
                ? new(ChatRole.Tool, [.. open.Select(c => new FunctionResultContent(c, $"result {step}"))])
                : Question(random, step);
        }

        public static ChatOptions Options(Random random)
        {
            var options = new ChatOptions { Instructions = random.Next(4) == 0 ? $"Instructions {random.Next(3)}" : null, ModelId = random.Next(9) == 0 ? "grok-3-mini" : null };
            return random.Next(6) == 0 ? options.WithStore(false) : options;
        }

        public static Task<ChatResponse> AskAsync(IChatClient client, List<ChatMessage> messages, ChatOptions options, Random random) => random.Next(2) == 0
            ? client.GetResponseAsync(messages, options)
            : client.GetStreamingResponseAsync(messages, options).ToChatResponseAsync();

        /// <summary>The messages after one another, without calls that nobody answers.</summary>
        public static List<ChatMessage> Whole(List<ChatMessage> view, List<ChatMessage> next) => [.. view, .. next];

        /// <summary>A history as hosts change it: as it is, as JSON, without stamps, edited, cut, summarized.</summary>
        public static List<ChatMessage> Vary(List<ChatMessage> view, Random random)
        {
            List<ChatMessage> history = [.. view];
            if (random.Next(3) == 0)
            {
                history = [.. JsonSerializer.Deserialize<IList<ChatMessage>>(JsonSerializer.Serialize<IList<ChatMessage>>(history, AIJsonUtilities.DefaultOptions), AIJsonUtilities.DefaultOptions)!];
            }

            if (random.Next(3) == 0)
            {
                history = [.. history.Select(static m => new ChatMessage(m.Role, [.. m.Contents.Where(static c => c is not TextReasoningContent).Select(Bare)]))];
            }

            var users = Enumerable.Range(0, history.Count).Where(i => history[i].Role == ChatRole.User).ToList();
            switch (random.Next(9))
            {
                case 4 when history.Count > 1:
                    history.RemoveAt(random.Next(history.Count));
                    break;
                case 5 when history.Count > 1:
                    var doubled = random.Next(history.Count);
                    history.Insert(doubled, history[doubled]);
                    break;
                case 6 when history.Count > 1:
                    var moved = random.Next(history.Count - 1);
                    (history[moved], history[moved + 1]) = (history[moved + 1], history[moved]);
                    break;
                case 0 when users.Count > 0:
                    history[users[random.Next(users.Count)]] = new(ChatRole.User, $"edited {random.Next(999)}");
                    break;
                case 1 when users.Count > 1:
                    history = history[users[random.Next(users.Count)]..];
                    break;
                case 2 when users.Count > 1:
                    history = [new(ChatRole.Assistant, $"summary {random.Next(999)}"), .. history[users[random.Next(users.Count)]..]];
                    break;
                case 3 when users.Count > 1:
                    history = history[..users[random.Next(users.Count)]];
                    break;
                default:
                    break;
            }

            // Calls that come first, alone or after their question, are those of a function loop.
            return !history.Take(2).Any(static m => m.Contents.Any(static c => c is FunctionCallContent)) ? history : [.. view];

            static AIContent Bare(AIContent content) => content switch
            {
                TextContent text => new TextContent(text.Text),
                FunctionCallContent call => new FunctionCallContent(call.CallId, call.Name, call.Arguments),
                _ => content,
            };
        }

        /// <summary>What tells an answer again: it with the text of the user before it, or its call.</summary>
        public static string? EvidenceOf(List<ChatMessage> view, List<ChatMessage> answer) => Evidence([.. view, .. answer]).Skip(Evidence(view).Count()).LastOrDefault();

        /// <summary>Whether new messages hold the result of a call that neither they nor the last answer make.</summary>
        public static bool HasOrphan(List<ChatMessage> view, List<ChatMessage> posted)
        {
            var calls = view.TakeLast(1).Concat(posted).SelectMany(static m => m.Contents).OfType<FunctionCallContent>().Select(static c => c.CallId).ToHashSet(StringComparer.Ordinal);
            return !ResultsIn(posted).All(calls.Contains);
        }

        /// <summary>The messages of an answer that the model had seen before it gave the last of them: calls of a function loop and their results.</summary>
        public static List<ChatMessage> BeforeLast(ChatResponse answer) => [.. answer.Messages.SkipLast(1)];

        /// <summary>Cancels a call: before it, or after its first update.</summary>
        public static async Task CancelAsync(IChatClient client, List<ChatMessage> messages, ChatOptions options, Random random)
        {
            using var cancellation = new CancellationTokenSource();
            var isStreamed = random.Next(2) == 0;
            if (!isStreamed)
            {
                await cancellation.CancelAsync().ConfigureAwait(false);
                await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.GetResponseAsync(messages, options, cancellation.Token)).ConfigureAwait(false);
                return;
            }

            await foreach (var _ in client.GetStreamingResponseAsync(messages, options, cancellation.Token).ConfigureAwait(false))
            {
                // The caller leaves; nothing of the call is kept.
                break;
            }
        }

        /// <summary>Answers with the text of the user before them, and calls.</summary>
        public static IEnumerable<string> Evidence(List<ChatMessage> messages)
        {
            var user = "";
            foreach (var message in messages)
            {
                user = message.Role == ChatRole.User ? message.Text : user;
                if (message.Role == ChatRole.Assistant)
                {
                    foreach (var content in message.Contents)
                    {
                        if (content is FunctionCallContent call)
                        {
                            yield return call.CallId;
                        }
                        else if (user.Length > 0 && (content is TextContent { Text.Length: > 0 } or ErrorContent))
                        {
                            yield return $"{user}\n{(content is TextContent text ? text.Text : ((ErrorContent)content).Message)}";
                        }
                    }
                }
            }
        }

        public static void Equal(List<ChatMessage> expected, string? instructions, List<ChatMessage> seen, string what)
        {
            Assert.True(Text(expected) == Text(seen), $"{what}\nexpected:\n{Text(expected)}\nseen:\n{Text(seen)}");
            Assert.True(instructions == seen.LastOrDefault(static m => m.Role == ChatRole.System)?.Text, $"{what}\nexpected instructions:\n{instructions}\nseen:\n{string.Join('\n', seen.Where(static m => m.Role == ChatRole.System))}");
        }

        private static IEnumerable<string> ResultsIn(List<ChatMessage> messages) => messages.SelectMany(static m => m.Contents).OfType<FunctionResultContent>().Select(static r => r.CallId);

        private static IEnumerable<string> Open(List<ChatMessage> messages)
        {
            var results = ResultsIn(messages).ToHashSet(StringComparer.Ordinal);
            return messages.SelectMany(static m => m.Contents).OfType<FunctionCallContent>().Select(static c => c.CallId).Where(c => !results.Contains(c));
        }

        /// <summary>Who says what. Reasoning, instructions, copies of calls, and calls and results without their other half apart.</summary>
        public static string Text(List<ChatMessage> messages)
        {
            var answered = StatefulService.AnsweredCalls(messages);
            var said = new HashSet<string>(StringComparer.Ordinal);
            return string.Join('\n', messages.Where(static m => m.Role != ChatRole.System).SelectMany(m => m.Contents.Select(c => c switch
            {
                TextContent { Text.Length: > 0 } text => $"{m.Role}: {text.Text}",
                ErrorContent error => $"{m.Role}: {error.Message}",
                DataContent data => $"{m.Role}: {Convert.ToHexString(data.Data.Span)}",
                FunctionCallContent call when answered.Contains(call.CallId) && said.Add("call " + call.CallId) => $"{m.Role}: {call.CallId}",
                FunctionResultContent result when answered.Contains(result.CallId) && said.Add("result " + result.CallId) => $"{m.Role}: {result.CallId} {result.Result}",
                _ => null,
            })).OfType<string>());
        }
    }
}
