using System.Globalization;
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
            using var client = FunctionLoop.Place(service, seed, c => c.AsHistoryTrackingClient(options));
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
            // Every third conversation is compacted by itself.
            var options = new ConversationOptions { TimeProvider = _clock, Conflict = ConversationConflict.Fork, Compaction = seed % 3 == 0 ? new() { Turns = 2 + (seed % 4) } : null };
            configure?.Invoke(options);
            _client = FunctionLoop.Place(_service, seed, c => c.AsConversationClient(store, options));
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
            switch (_random.Next(22))
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
                case 18 when head.Length > 0:
                    await CompactAsync(name).ConfigureAwait(false);
                    break;
                case 19 when head.Length > 0:
                    await CompactInVainAsync(name, view, head, step).ConfigureAwait(false);
                    break;
                case 20:
                    _service.ForgetSummaries();
                    break;
                case 21:
                    // Of the next compaction, whoever makes it.
                    _service.CompactionFailures = 1;
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

        /// <summary>A summary that loses nothing changes nothing.</summary>
        private async Task CompactAsync(string name)
        {
            try
            {
                await _conversations.CompactAsync(name).ConfigureAwait(false);
            }
            catch (InvalidOperationException e) when (e.Message.Contains("cannot be compacted", StringComparison.Ordinal))
            {
                return;
            }
            catch (GrokException e) when (e.Kind is GrokErrorKind.Server or GrokErrorKind.EncryptedContentRejected)
            {
                // Refused, or the last summary cannot be read: nothing changes.
                return;
            }

            KeepSummaries(await _conversations.GetTurnsAsync(name).ConfigureAwait(false));
        }

        /// <summary>A compaction that fails, is cancelled, or comes after another turn changes nothing.</summary>
        private async Task CompactInVainAsync(string name, List<ChatMessage> view, string head, int step)
        {
            var before = (await _conversations.GetTreeAsync(name).ConfigureAwait(false)).Select(static t => t.Id).ToHashSet(StringComparer.Ordinal);
            using var cancel = new CancellationTokenSource();
            var (isAsked, question) = (false, new ChatMessage(ChatRole.User, $"between {step}"));
            var kind = _random.Next(3);
            _service.CompactionFailures = kind == 0 ? 1 : 0;
            _service.Compacting = kind switch
            {
                1 => cancel.CancelAsync,
                2 => AskMeanwhileAsync,
                _ => null,
            };
            var failure = await Record.ExceptionAsync(() => _conversations.CompactAsync(name, cancel.Token)).ConfigureAwait(false);
            (_service.Compacting, _service.CompactionFailures) = (null, 0);
            Assert.True(failure is InvalidOperationException or GrokException or OperationCanceledException, $"{_what} {failure}");
            var added = (await _conversations.GetTreeAsync(name).ConfigureAwait(false)).Where(t => !before.Contains(t.Id) && t.Kind == ConversationTurnKind.Answer).ToList();
            Assert.True(isAsked == added.Count > 0, _what);
            if (!isAsked)
            {
                Assert.Equal(head, (await _conversations.GetAsync(name).ConfigureAwait(false))!.Head!.Id);
            }

            Task AskMeanwhileAsync()
            {
                isAsked = true;
                return AskAsync(name, Posting.Whole(view, [question]), [question], new ChatOptions(), head);
            }
        }

        private void KeepSummaries(IReadOnlyList<ConversationTurn> turns)
        {
            foreach (var summary in turns.Where(t => t.Kind == ConversationTurnKind.Compaction && _turns.ContainsKey(t.ParentId!)))
            {
                _turns[summary.Id] = _turns[summary.ParentId!];
            }
        }

        /// <summary>Remembers what the model saw up to each turn that was added.</summary>
        private async Task KeepAsync(string name, List<ChatMessage> expected, ChatResponse answer, string? inForce)
        {
            var whole = await _conversations.GetTurnsAsync(name).ConfigureAwait(false);
            KeepSummaries(whole);
            var path = whole.Where(static t => t.Kind == ConversationTurnKind.Answer).ToList();
            var added = path.AsEnumerable().Reverse().TakeWhile(t => !_turns.ContainsKey(t.Id)).Reverse().ToList();
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
            // A call that failed may have compacted the conversation before.
            KeepSummaries(await _conversations.GetTreeAsync(name).ConfigureAwait(false));
            var head = (await _conversations.GetAsync(name).ConfigureAwait(false))?.Head?.Id ?? "";
            return (head, _turns[head].View, _turns[head].Instructions);
        }

        private static ChatOptions Named(string name) => new() { ConversationId = name };
    }
}
