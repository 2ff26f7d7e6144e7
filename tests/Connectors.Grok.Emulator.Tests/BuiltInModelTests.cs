using Connectors.Grok.Emulator.Tests.Support;

namespace Connectors.Grok.Emulator.Tests;

public sealed class BuiltInModelTests
{
    [Theory]
    [InlineData("What is 101*3", "101*3 equals 303.")]
    [InlineData("2 + 2", "2 + 2 equals 4.")]
    [InlineData("What is (1 + 2) * 3.5?", "(1 + 2) * 3.5 equals 10.5.")]
    [InlineData("Please work out 10 / 4 - 1", "10 / 4 - 1 equals 1.5.")]
    [InlineData("How much is 12 times 12?", "12 * 12 equals 144.")]
    [InlineData("What is 2^10?", "2^10 equals 1024.")]
    [InlineData("What is 1/0?", "1/0 equals not a number I can write down.")]
    [InlineData("What is 15% of 80?", "15 / 100 * 80 equals 12.")]
    [InlineData("What is 10-12?", "10-12 equals -2.")]
    [InlineData("Thanks!", "You are welcome.")]
    [InlineData("What is my name?", "You have not told me your name yet.")]
    [InlineData("What did I say?", "You have not said anything before this.")]
    [InlineData("Reply with exactly: hello", "hello")]
    [InlineData("Say \"good morning\"", "good morning")]
    [InlineData("Count to 5", "1, 2, 3, 4, 5.")]
    public async Task Built_in_model_answers_a_single_message(string question, string answer)
    {
        await using var api = await Api.StartAsync();
        Assert.Equal(answer, await api.AnswerAsync(question));
    }

    [Theory]
    [InlineData("Write a Python function that lists primes.", "```python\n")]
    [InlineData("Show me code that counts words", "```csharp\n")]
    [InlineData("Give me a script in bash", "```bash\n")]
    [InlineData("Compare the planets in a table.", "|:--|--:|")]
    [InlineData("Give me a list of what to do.", "1. ")]
    [InlineData("Explain it step by step", "- [x] ")]
    [InlineData("Show the formula.", "$$\n")]
    [InlineData("Tell me about lighthouses, with sources.", "](https://example.com/encyclopedia)")]
    public async Task Request_for_formatted_text_is_answered_in_markdown(string question, string part)
    {
        await using var api = await Api.StartAsync();
        Assert.Contains(part, await api.AnswerAsync(question), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("My account number is 12345.", "What is my account number?", "Your account number is 12345.")]
    [InlineData("my favourite colour is blue", "what is my favourite colour?", "Your favourite colour is blue.")]
    [InlineData("My email is a.b@example.com, and my dog is Rex.", "What's my email?", "Your email is a.b@example.com.")]
    [InlineData("My name's Alice and I live in Oslo", "What's my name?", "Your name is Alice.")]
    [InlineData("My name is Alice Liddell, please remember it!", "Do you remember my name?", "Your name is Alice Liddell.")]
    [InlineData("My favourite colours are red, green and blue.", "What are my favourite colours?", "Your favourite colours are red, green and blue.")]
    [InlineData("Call me Bob", "Who am I?", "Your name is Bob.")]
    [InlineData("I like trains", "What did I say?", "You said: \"I like trains\"")]
    [InlineData("I live in Oslo.", "Where do I live?", "Your home is Oslo.")]
    public async Task Built_in_model_recalls_a_fact_from_an_earlier_turn(string statement, string question, string answer)
    {
        await using var api = await Api.StartAsync();
        var first = await api.SayAsync(statement);
        Assert.Equal(answer, await api.AnswerAsync(question, Api.IdOf(first)));
    }

    [Fact]
    public async Task Built_in_model_says_that_it_is_an_emulator_and_not_Grok()
    {
        await using var api = await Api.StartAsync();
        Assert.Contains("not Grok", await api.AnswerAsync("Who are you?"), StringComparison.Ordinal);
        var echo = await api.AnswerAsync("Tell me something about tulips");
        Assert.Contains("tulips", echo, StringComparison.Ordinal);
        Assert.Contains("local emulator", echo, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("The meeting is 10-12 on Friday")]
    [InlineData("I was born on 1990-05-12.")]
    public async Task Built_in_model_does_not_evaluate_times_and_dates_as_subtractions(string text)
    {
        await using var api = await Api.StartAsync();
        Assert.DoesNotContain("equals", await api.AnswerAsync(text), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Built_in_model_speaks_as_the_role_of_the_instructions()
    {
        await using var api = await Api.StartAsync();
        var reply = await api.CreateAsync("""{"model":"grok-4.6","instructions":"You are a pirate.","input":"Tell me about ships"}""");
        Assert.StartsWith("Speaking as a pirate:", Api.TextOf(reply.Json), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Built_in_model_writes_the_requested_number_of_words()
    {
        await using var api = await Api.StartAsync();
        var text = await api.AnswerAsync("Write 300 words about tulips.");
        Assert.Equal(300, text.Split(' ').Length);
        Assert.Contains("tulips", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Built_in_model_gives_the_same_answer_in_two_emulators()
    {
        await using var first = await Api.StartAsync();
        await using var second = await Api.StartAsync();
        Assert.Equal(await first.AnswerAsync("Tell me about the sea"), await second.AnswerAsync("Tell me about the sea"));
    }
}
