namespace Connectors.Grok.Emulator.Model;

/// <summary>Fixed answers for the examples of xAI's guide: travel, customer support, jokes, and the answer to everything.</summary>
internal static class Topics
{
    public static string? For(Conversation conversation, Memory memory, Persona persona) =>
        Universe(conversation, persona) ?? Support(conversation, memory, persona) ?? Travel(conversation, memory) ?? Jokes(conversation);

    private static string? Universe(Conversation conversation, Persona persona)
    {
        var question = conversation.Question;
        if (Says(question, "meaning of life"))
        {
            return persona.IsGuide
                ? "The answer to life, the universe, and everything is 42. Don't panic, and keep your towel close."
                : "According to a well-known guide, the answer is 42.";
        }

        if (!Says(question, "meaning of 42") && !Says(question, "why 42"))
        {
            return null;
        }

        var opening = conversation.EarlierUserTexts.Any(text => Says(text, "meaning of life")) ? "As I said, " : "";
        return $"{opening}42 is the answer Deep Thought found to life, the universe, and everything. The trouble is that nobody knew the question.";
    }

    private static string? Support(Conversation conversation, Memory memory, Persona persona)
    {
        var question = conversation.Question;
        var account = memory.Recall("account number") ?? memory.Recall("account");
        if (Says(question, "charged") || Says(question, "refund") || Says(question, "invoice"))
        {
            return account is null
                ? "I am sorry about that charge. Tell me your account number, and I will look into it as your support agent."
                : $"I am sorry about that. As your support agent I have looked at account {account}: the second charge is a pending authorisation and will drop off by itself.";
        }

        if (Says(question, "account number") && account is not null && !question.Contains('?', StringComparison.Ordinal))
        {
            return $"Thank you, I have noted your account number {account}. What can I do for you?";
        }

        if (!Says(question, "billing") && !(persona.IsSupport && Says(question, "help")))
        {
            return null;
        }

        return account is null
            ? "I am happy to help with your billing question. What is your account number?"
            : $"I am happy to help with billing for account {account}. What happened?";
    }

    private static string? Travel(Conversation conversation, Memory memory)
    {
        if (memory.Recall("trip") is not { } place)
        {
            return null;
        }

        var question = conversation.Question;
        if (Says(question, "pack"))
        {
            return $"For your trip to {place}, pack comfortable shoes, layers for changing weather, a power adapter and a copy of your passport.";
        }

        if (Says(question, "best time") || Says(question, "when should"))
        {
            return $"The best time to visit {place} is usually spring or autumn, when it is mild and less crowded.";
        }

        if (Memory.FactsIn(question).Any(fact => fact.Key == "trip"))
        {
            return $"A trip to {place} sounds lovely. Ask me what to pack or when to go.";
        }

        return Says(question, "where am i going") || Says(question, "trip") || Says(question, "travel") ? $"You are planning a trip to {place}." : null;
    }

    private static string? Jokes(Conversation conversation)
    {
        if (Says(conversation.Question, "eggs tell jokes"))
        {
            return "They'd crack up!";
        }

        if (Says(conversation.Question, "tell me a joke"))
        {
            return "Why don't eggs tell jokes? They'd crack up!";
        }

        if (!Says(conversation.Question, "explain") || conversation.AssistantTexts.Count == 0 || !Says(conversation.Question, "joke"))
        {
            return null;
        }

        return $"The joke was \"{conversation.AssistantTexts[^1]}\": an egg that laughs cracks up, in both senses.";
    }

    private static bool Says(string text, string words) => text.Contains(words, StringComparison.OrdinalIgnoreCase);
}
