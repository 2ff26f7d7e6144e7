using System.Security.Cryptography;
using System.Text;
using Connectors.Grok.Conversations.History;
using Connectors.Grok.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Conversations.History;

public class AnswerFingerprintTests
{
    private static readonly ChatMessage Question = new(ChatRole.User, "What?");

    [Fact]
    public void Stored_hash_is_that_of_the_answer_after_the_question() =>
        Assert.Equal([Stored("What?", "This.")], AnswerFingerprint.In([Question, Answer("This.")]));

    // The second cut is in the middle of the surrogate pair.
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Question_and_answer_are_the_same_however_their_texts_are_cut(int at)
    {
        var text = "a😀b";
        var (first, second) = (new TextContent(text[..at]), new TextContent(text[at..]));
        Assert.Equal([Stored("What?", text)], AnswerFingerprint.In([Question, new(ChatRole.Assistant, [first, second])]));
        Assert.Equal([Stored(text, "Yes.")], AnswerFingerprint.In([new(ChatRole.User, [first, second]), Answer("Yes.")]));
    }

    [Fact]
    public void Neighboring_messages_count_together_and_the_last_of_them_alone()
    {
        ChatMessage[] history = [new(ChatRole.User, "One"), Question, Answer("Yes."), Answer(""), Answer("No.")];
        Assert.Equal(
            [
                // After the first answer.
                Stored("What?", "Yes."), Stored("OneWhat?", "Yes."),
                // After the one without a text, which changes nothing.
                Stored("What?", "Yes."), Stored("OneWhat?", "Yes."),
                // After the third.
                Stored("What?", "Yes.No."), Stored("What?", "No."), Stored("OneWhat?", "Yes.No."), Stored("OneWhat?", "No."),
            ],
            AnswerFingerprint.In(history));
    }

    [Fact]
    public void Call_is_known_by_its_id_and_with_its_text()
    {
        ChatMessage calls = new(ChatRole.Assistant, [new TextContent("Wait."), new FunctionCallContent("c1", "f"), new FunctionCallContent("c2", "f")]);
        Assert.Equal(["2a:" + Hash("call\nc1"), "2a:" + Hash("call\nc2"), Stored("What?", "Wait.")], AnswerFingerprint.In([Question, calls]));
    }

    [Fact]
    public void Results_part_the_texts_of_an_answer_and_the_question_stays()
    {
        ChatMessage results = new(ChatRole.Tool, [new FunctionResultContent("c1", "r")]);
        Assert.Equal([Stored("What?", "Wait."), Stored("What?", "This.")], AnswerFingerprint.In([Question, Answer("Wait."), results, Answer("This.")]));
        ChatMessage within = new(ChatRole.Assistant, [new TextContent("Wait."), new FunctionCallContent("c1", "f"), new FunctionResultContent("c1", "r"), new TextContent("This.")]);
        Assert.Equal([Stored("What?", "This.")], AnswerFingerprint.In([Question, within]));
    }

    [Fact]
    public void System_message_parts_questions_and_answers()
    {
        ChatMessage system = new(ChatRole.System, "Be brief.");
        Assert.Equal([Stored("What?", "Yes."), Stored("What?", "No.")], AnswerFingerprint.In([Question, Answer("Yes."), system, Answer("No.")]));
        Assert.Equal([Stored("What?", "Yes.")], AnswerFingerprint.In([new(ChatRole.User, "One"), system, Question, Answer("Yes.")]));
    }

    [Fact]
    public void Image_of_a_question_counts_and_one_of_an_answer_does_not()
    {
        var image = new DataContent(new byte[] { 1, 2, 3 }, "image/png");
        Assert.Equal([Stored(FingerprintAtoms.HashOf(image), "Yes.")], AnswerFingerprint.In([new(ChatRole.User, [image]), Answer("Yes.")]));
        Assert.Equal([Stored("What?", "Yes.")], AnswerFingerprint.In([Question, new(ChatRole.Assistant, [new TextContent("Yes."), image])]));
        Assert.Empty(AnswerFingerprint.In([new(ChatRole.User, [new UsageContent(new())]), Answer("Yes.")]));
    }

    [Fact]
    public void Last_question_is_known_with_or_without_an_answer_after_it()
    {
        var answer = new AnswerFingerprint("an earlier one");
        Assert.Equal(("an earlier one", null), (answer.User, answer.ToString()));
        answer.Add(Question);
        Assert.Equal((Hash("What?"), null), (answer.User, answer.ToString()));
        answer.Add(Answer("Yes."));
        Assert.Equal((Hash("What?"), Stored("What?", "Yes.")), (answer.User, answer.ToString()));
    }

    [Fact(Explicit = RoomRun.IsOne)]
    public void Text_of_a_mebibyte_has_the_hash_of_all_of_it()
    {
        var text = string.Concat(Enumerable.Repeat("aé€😀", 1 << 18));
        Assert.Equal([Stored("What?", text)], AnswerFingerprint.In([Question, Answer(text)]));
    }

    private static ChatMessage Answer(string text) => new(ChatRole.Assistant, text);

    private static string Stored(string question, string answer) => "2a:" + Hash($"{Hash(question)}\n{answer}");

    private static string Hash(string text) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
