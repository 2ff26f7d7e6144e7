using Connectors.Grok.Emulator;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Faults.Tests.Matrix;

/// <summary>The answers of the service without a fault.</summary>
internal static class Answers
{
    public const string Question = "What is the answer?";
    public const string ShortQuestion = "What is the short answer?";
    public const string Whole = "Forty-two, as ever.";
    public const string Short = "Forty-two";

    /// <summary>The name given in the first turn, and asked for after the fault.</summary>
    public const string Name = "Alice";

    public static void Teach(ReplyScript script)
    {
        script.WhenText(Question).Always(static r => r.Reasoning("Counting.").Deltas("Forty", "-two", ", as", " ever", "."));
        script.WhenText(ShortQuestion).Always(static r => r.Deltas("Forty", "-two").Incomplete());
    }

    /// <summary>Gets the answer to a question, and its finish reason.</summary>
    public static (string Text, ChatFinishReason Reason) To(string question) =>
        question == ShortQuestion ? (Short, ChatFinishReason.Length) : (Whole, ChatFinishReason.Stop);
}
