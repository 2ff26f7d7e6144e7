using Connectors.Grok.Conversations;
using Connectors.Grok.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Scenarios;

/// <summary>What the model sees of a named conversation: posted windows and edits, explicit parents, regenerations, and instructions of later turns.</summary>
public sealed class ConversationFaultTests : StatefulServiceTest
{
    private static readonly string[] Edits = ["first question edited", "first answer edited", "first turn dropped", "first turn summarized", "question dropped", "turns swapped", "turn doubled"];

    public static TheoryData<bool, string, string> EditedHistories => new MatrixTheoryData<bool, string, string>([false, true], ["live", "JSON", "texts"], Edits);

    public static TheoryData<bool, string, int> Parents => new MatrixTheoryData<bool, string, int>([false, true], ["live", "JSON", "texts"], [0, 1, 2]);

    public static TheoryData<bool, bool, string, int, string> Regenerations => new MatrixTheoryData<bool, bool, string, int, string>([false, true], [false, true], ["1", "2", "1 2"], [1, 2, 3], ["stored", "forgotten", "expired"]);

    public static TheoryData<bool, bool, string, int> WholeRegenerations => new MatrixTheoryData<bool, bool, string, int>([false, true], [false, true], ["1", "2", "1 2"], [1, 2]);

    public static TheoryData<bool, bool, bool, string> LaterInstructions => new MatrixTheoryData<bool, bool, bool, string>([false, true], [false, true], [false, true], ["forgotten", "expired", "unstored"]);

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Window_of_the_last_six_messages_is_all_that_the_model_sees(bool stream, string way)
    {
        var client = Conversations();
        List<ChatMessage> page = [];
        for (var turn = 1; turn <= 12; turn++)
        {
            page.Add(User($"question {turn}"));
            await AssertSeenAsync(client, stream, Kept(way, page.TakeLast(6)), page);
        }

        page.Add(User("question 13"));
        var edited = Kept(way, page.TakeLast(6));
        edited[1] = User("edited");
        await AssertSeenAsync(client, stream, edited, page);
        var tree = await client.Conversations.GetTreeAsync("t");
        Assert.Equal((13, 11), (tree.Count, tree.Count(static t => t.ParentId is null)));
        Assert.Null(Assert.Single(await client.Conversations.GetTurnsAsync("t")).ParentId);
        Assert.Equal(10, Log.Lines.Count(static l => l.Contains("in full", StringComparison.Ordinal)));
    }

    /// <summary>Without a name the marks tell the conversation, and texts alone begin a new one.</summary>
    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Window_without_a_name_is_all_that_the_model_sees(bool stream, string way)
    {
        var client = Conversations();
        List<ChatMessage> page = [];
        for (var turn = 1; turn <= 6; turn++)
        {
            page.Add(User($"question {turn}"));
            var posted = Kept(way, page.TakeLast(4));
            page.AddRange((await client.Ask(stream, posted)).Messages);
            Assert.Equal(Text(posted), Text(Service.Seen));
        }
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Window_is_led_once_by_the_system_message_and_the_instructions(bool stream, string way)
    {
        var client = Conversations();
        List<ChatMessage> page = [];
        for (var turn = 1; turn <= 7; turn++)
        {
            page.Add(User($"question {turn}"));
            List<ChatMessage> posted = [SystemMessage("Be brief."), .. Kept(way, page.TakeLast(4))];
            page.AddRange((await client.Ask(stream, posted, Named("Be polite."))).Messages);
            Assert.Equal(Text([SystemMessage("Be polite."), .. posted]), Text(Service.Seen));
        }
    }

    [Theory]
    [MemberData(nameof(EditedHistories))]
    public async Task Edited_history_is_seen_exactly_as_posted(bool stream, string way, string edit)
    {
        var client = Conversations();
        List<ChatMessage> page = [];
        for (var turn = 1; turn <= 3; turn++)
        {
            page.Add(User($"question {turn}"));
            await AssertSeenAsync(client, stream, Kept(way, page), page);
        }

        page.Add(User("question 4"));
        var posted = Kept(way, page);
        List<ChatMessage> edited = edit switch
        {
            "first question edited" => [User("edited"), .. posted[1..]],
            "first answer edited" => [posted[0], Assistant("edited"), .. posted[2..]],
            "first turn dropped" => posted[2..],
            "first turn summarized" => [Assistant("summary"), .. posted[2..]],
            "question dropped" => [.. posted[..2], .. posted[3..]],
            "turns swapped" => [.. posted[2..4], .. posted[..2], .. posted[4..]],
            _ => [.. posted[..2], .. posted],
        };
        await AssertSeenAsync(client, stream, edited, page);
        edited.Add(page[^1]);
        edited.Add(User("question 5"));
        await AssertSeenAsync(client, stream, edited, page);
        Assert.Equal(1, Service.Sent);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Regenerating_after_an_edit_keeps_the_beginning(bool stream, string way)
    {
        var client = Conversations();
        List<ChatMessage> page = [];
        foreach (var text in (string[])["question 1", "question 2"])
        {
            page.Add(User(text));
            await AssertSeenAsync(client, stream, Kept(way, page), page);
        }

        page[2] = User("question 2 edited");
        page.Add(User("question 3"));
        await AssertSeenAsync(client, stream, Kept(way, page), page);
        var seen = Text(Service.Seen);
        await Regenerate(client, stream);
        Assert.Equal(seen, Text(Service.Seen));
        Service.Forget();
        await Regenerate(client, stream);
        Assert.Equal(seen, Text(Service.Seen));
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Regenerating_after_a_posted_window_sees_the_window(bool stream, string way)
    {
        var client = Conversations();
        List<ChatMessage> page = [];
        for (var turn = 1; turn <= 4; turn++)
        {
            page.Add(User($"question {turn}"));
            await AssertSeenAsync(client, stream, Kept(way, page.TakeLast(4)), page);
        }

        var seen = Text(Service.Seen);
        await Regenerate(client, stream);
        Assert.Equal(seen, Text(Service.Seen));
    }

    /// <summary>The parent is the beginning, the first turn, or the head. The messages quote the whole history.</summary>
    [Theory]
    [MemberData(nameof(Parents))]
    public async Task Messages_that_quote_answers_follow_the_explicit_parent_turn(bool stream, string way, int parent)
    {
        var client = Conversations();
        List<ChatMessage> history = [];
        for (var turn = 1; turn <= 2; turn++)
        {
            history.Add(User($"question {turn}"));
            history.AddRange((await client.Ask(stream, [history[^1]], Named())).Messages);
        }

        var turns = await client.Conversations.GetTurnsAsync("t");
        List<ChatMessage> posted = [.. Kept(way, history), User("compare")];
        await client.Ask(stream, posted, Named().WithParentTurn(parent == 0 ? null : turns[parent - 1].Id));
        Assert.Equal(Text([.. history.Take(parent * 2), .. posted]), Text(Service.Seen));
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task Turn_whose_input_holds_tool_results_can_be_regenerated(bool stream, bool isWhole)
    {
        var client = Conversations();
        List<ChatMessage> history = [User("question 1")];
        history.AddRange((await client.Ask(stream, history, Named())).Messages);
        history.Add(User("call it"));
        var asked = await client.Ask(stream, isWhole ? history : [history[^1]], Named());
        history.AddRange(asked.Messages);
        ChatMessage[] input = [Result(CallId(asked), "18 degrees"), User("and tomorrow?")];
        history.AddRange(input);
        await client.Ask(stream, isWhole ? history : input, Named());
        Assert.Equal(Text(history), Text(Service.Seen));
        await Regenerate(client, stream);
        Assert.Equal(Text(history), Text(Service.Seen));
        Service.Forget();
        await Regenerate(client, stream);
        Assert.Equal(Text(history), Text(Service.Seen));
    }

    /// <summary>The call and its result are part of an edited history, and so of the input of one turn.</summary>
    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Turn_whose_input_holds_an_edited_function_loop_can_be_regenerated(bool stream, string way)
    {
        way = way == "texts" ? "bare" : way;
        var client = Conversations();
        List<ChatMessage> history = [User("question 1")];
        history.AddRange((await client.Ask(stream, history, Named())).Messages);
        history.Add(User("call it"));
        var asked = await client.Ask(stream, history, Named());
        history.AddRange([.. asked.Messages, Result(CallId(asked), "18 degrees")]);
        history.AddRange((await client.Ask(stream, history, Named())).Messages);
        history[2] = User("call it, edited");
        history.Add(User("and tomorrow?"));
        await client.Ask(stream, Kept(way, history), Named());
        Assert.Equal(Text(history), Text(Service.Seen));
        await Regenerate(client, stream);
        Assert.Equal(Text(history), Text(Service.Seen));
    }

    /// <summary>The instructions are given on the first turn, on the second, or on both, as options or as system messages. Each turn is regenerated.</summary>
    [Theory]
    [MemberData(nameof(Regenerations))]
    public Task Regenerated_turn_sees_the_instructions_that_it_saw_first(bool stream, bool isMessage, string given, int regenerated, string state) =>
        AssertRegeneratedAsync(stream, isMessage, given, regenerated, state);

    [Theory]
    [MemberData(nameof(WholeRegenerations))]
    public Task Regenerated_turn_of_a_whole_history_sees_the_instructions_that_it_saw_first(bool stream, bool isMessage, string given, int regenerated) =>
        AssertRegeneratedAsync(stream, isMessage, given, regenerated, "whole history");

    [Theory]
    [MemberData(nameof(LaterInstructions))]
    public async Task Instructions_first_given_on_a_later_turn_are_resent_once_at_their_place(bool stream, bool isMessage, bool isRepeated, string state)
    {
        var client = Conversations();
        List<ChatMessage> expected = [];
        for (var turn = 1; turn <= 4; turn++)
        {
            var instructions = turn == 2 || (turn > 2 && isRepeated) ? "Be brief." : null;
            ChatMessage[] input = [.. isMessage && instructions is not null ? (ChatMessage[])[SystemMessage(instructions)] : [], User($"question {turn}")];
            expected.AddRange(turn == 2 ? [SystemMessage("Be brief."), input[^1]] : [input[^1]]);
            if (turn > 2)
            {
                Forget(state);
            }

            var options = Named(isMessage ? null : instructions);
            var answer = await client.Ask(stream, input, state == "unstored" ? options.WithStore(false) : options);
            Assert.Equal(Text(expected), Text(Service.Seen));
            expected.AddRange(answer.Messages);
        }
    }

    private async Task AssertRegeneratedAsync(bool stream, bool isMessage, string given, int regenerated, string state)
    {
        var client = Conversations();
        List<ChatMessage> history = [];
        string? instructions = null;
        for (var turn = 1; turn <= regenerated; turn++)
        {
            var isGiven = given.Contains($"{turn}", StringComparison.Ordinal);
            instructions = isGiven ? $"Be brief {turn}." : state == "whole history" ? instructions : null;
            ChatMessage[] system = isMessage && instructions is not null ? [SystemMessage(instructions)] : [];
            history.Add(User($"question {turn}"));
            var answer = await client.Ask(stream, state == "whole history" ? [.. system, .. history] : [.. system, history[^1]], Named(isMessage ? null : instructions));
            history.AddRange(answer.Messages);
        }

        var seen = Text(Service.Seen);
        Assert.Equal(given.Contains('1', StringComparison.Ordinal) || regenerated > 1, seen.Contains("system: Be brief", StringComparison.Ordinal));
        Forget(state);
        await Regenerate(client, stream);
        Assert.Equal(seen, Text(Service.Seen));
        await Regenerate(client, stream);
        Assert.Equal(seen, Text(Service.Seen));
    }

    private void Forget(string state)
    {
        if (state == "forgotten")
        {
            Service.Forget();
        }
        else if (state == "expired")
        {
            Clock.Advance(TimeSpan.FromDays(31));
        }
    }

    /// <summary>Posts messages: the model sees them, and nothing else. The answer is added to the page.</summary>
    private async Task AssertSeenAsync(ConversationChatClient client, bool stream, List<ChatMessage> posted, List<ChatMessage> page)
    {
        var answer = await client.Ask(stream, posted, Named());
        Assert.Equal(Text(posted), Text(Service.Seen));
        page.AddRange(answer.Messages);
    }
}
