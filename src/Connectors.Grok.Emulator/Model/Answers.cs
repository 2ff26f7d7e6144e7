using System.Text.RegularExpressions;

namespace Connectors.Grok.Emulator.Model;

/// <summary>Composes the text of an answer. A fixed list of abilities is tried in order, and the first that applies provides the text.</summary>
internal static partial class Answers
{
    public static string For(Conversation conversation, Memory memory, Persona persona) =>
        persona.Style(Compose(conversation, memory, persona, FormattedAnswers.For));

    /// <summary>Composes the answer without formatting and without the style of the persona, for structured output.</summary>
    public static string Plain(Conversation conversation, Memory memory, Persona persona) => Compose(conversation, memory, persona, static _ => null);

    private static string Compose(Conversation conversation, Memory memory, Persona persona, Func<string, string?> format)
    {
        var question = conversation.Question;
        return FromResults(conversation)
            ?? Dictated(question)
            ?? FromImages(conversation)
            ?? LongAnswers.For(question)
            ?? Topics.For(conversation, memory, persona)
            ?? Remembered(conversation, memory)
            ?? format(question)
            ?? Sum(question)
            ?? FromFiles(conversation)
            ?? Introduction(question, persona)
            ?? Noted(question)
            ?? Courtesy(question, persona)
            ?? Echo(question, persona);
    }

    private static string? FromResults(Conversation conversation) => conversation.Results.Count == 0
        ? null
        : string.Join(' ', conversation.Results.Select(result => $"According to {result.Call.Name}: {result.Output.Trim().TrimEnd('.')}."));

    private static string? Dictated(string question) => Dictations().Match(question) is { Success: true } match
        ? match.Groups["what"].Value.Trim().Trim('"', '“', '”', '\'')
        : null;

    private static string? FromImages(Conversation conversation)
    {
        if (conversation.NewImages.Count > 0)
        {
            return ImageDescriber.Describe(conversation.NewImages);
        }

        return conversation.Images.Count > 0 && ImageWords().IsMatch(conversation.Question) ? ImageDescriber.Describe(conversation.Images) : null;
    }

    private static string? FromFiles(Conversation conversation)
    {
        if (conversation.NewFiles.Count > 0)
        {
            return FileReader.Answer(conversation.Question, conversation.NewFiles);
        }

        return conversation.Files.Count > 0 && FileWords().IsMatch(conversation.Question) ? FileReader.Answer(conversation.Question, conversation.Files) : null;
    }

    private static string? Remembered(Conversation conversation, Memory memory)
    {
        if (EarlierMessageQuestions().IsMatch(conversation.Question))
        {
            return conversation.EarlierUserTexts.Count == 0
                ? "You have not said anything before this."
                : $"You said: {string.Join(" ", conversation.EarlierUserTexts.Select(text => $"\"{text.Trim()}\""))}";
        }

        if (Memory.KeyAskedFor(conversation.Question) is not { } key)
        {
            return null;
        }

        return memory.Recall(key) is { } value ? $"Your {key} {(IsPlural(key) ? "are" : "is")} {value}." : $"You have not told me your {key} yet.";
    }

    private static string? Sum(string question) => Arithmetic.Solve(question) is var (expression, value) ? $"{expression} equals {value}." : null;

    private static string? Introduction(string question, Persona persona)
    {
        if (!WhoAreYou().IsMatch(question))
        {
            return null;
        }

        var role = persona.Description is { } who ? $"I was told to be {who}. Really, " : "";
        return $"{role}I am the built-in model of a local emulator of xAI's API, not Grok.";
    }

    private static string? Noted(string question)
    {
        var facts = Memory.FactsIn(question);
        if (facts.Count == 0)
        {
            return null;
        }

        if (facts.FirstOrDefault(fact => fact.Key == "name") is { Value: { } name })
        {
            return $"Nice to meet you, {name}. I will remember that.";
        }

        return $"Noted: {string.Join(", ", facts.Select(fact => $"your {fact.Key} {(IsPlural(fact.Key) ? "are" : "is")} {fact.Value}"))}.";
    }

    private static string? Courtesy(string question, Persona persona)
    {
        if (Thanks().IsMatch(question))
        {
            return "You are welcome.";
        }

        var isGreeting = Greetings().IsMatch(question);
        if (!isGreeting && !Helps().IsMatch(question))
        {
            return null;
        }

        var role = persona.Description is { } who ? $" Speaking as {who}:" : "";
        return $"{(isGreeting ? "Hello!" : "Gladly.")}{role} I am a local emulator of xAI's API, not Grok. I remember what you tell me, do sums, "
            + "describe images by their headers, call functions I am offered, write code, a table, a list or a formula, and write as many words as you ask for.";
    }

    private static bool IsPlural(string key) => key.EndsWith('s') && !key.EndsWith("ss", StringComparison.Ordinal);

    private static string Echo(string question, Persona persona)
    {
        var opening = persona.Description is { } who ? $"Speaking as {who}: " : "";
        if (question.Length == 0)
        {
            return $"{opening}I have nothing to answer yet. I am a local emulator of xAI's API, not Grok.";
        }

        var topic = question.Trim().ReplaceLineEndings(" ");
        if (topic.Length > 160)
        {
            topic = topic[..(char.IsHighSurrogate(topic[159]) ? 159 : 160)].TrimEnd() + "…";
        }

        return $"{opening}You said \"{topic}\". I am a local emulator of xAI's API, not Grok, so take this as a friendly echo.";
    }

    [GeneratedRegex(@"\b(?:reply|answer|respond)(?: only| just)? with(?: exactly| only| just)?:? (?:exactly:? )?(?<what>[""“'][^""”'\n]+[""”']|\S+)\s*\.?$|^(?:say|repeat(?: after me)?):? (?<what>[""“'][^""”'\n]+[""”'])\.?$", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Dictations();

    [GeneratedRegex(@"^\W*(?:thanks|thank you|cheers)\b", RegexOptions.IgnoreCase, 1000)]
    private static partial Regex Thanks();

    [GeneratedRegex(@"^\W*(?:hi|hello|hey|good (?:morning|afternoon|evening))(?: there| again)?\W*$", RegexOptions.IgnoreCase, 1000)]
    private static partial Regex Greetings();

    [GeneratedRegex(@"\bwhat can you do\b|^\W*help\W*$", RegexOptions.IgnoreCase, 1000)]
    private static partial Regex Helps();

    [GeneratedRegex(@"\b(?:images?|pictures?|photos?)\b", RegexOptions.IgnoreCase, 1000)]
    private static partial Regex ImageWords();

    [GeneratedRegex(@"\b(?:files?|documents?|attachments?|pdfs?|according to)\b", RegexOptions.IgnoreCase, 1000)]
    private static partial Regex FileWords();

    [GeneratedRegex(@"\bwhat (?:did|have) i (?:just |already )?(?:say|said|tell|told|ask|asked|write|written)|\brepeat what i said|\bwhat was my (?:first|last|previous) (?:message|question)", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex EarlierMessageQuestions();

    [GeneratedRegex(@"\b(?:who|what) are you\b|\bare you grok\b|\bintroduce yourself\b", RegexOptions.IgnoreCase, 1000)]
    private static partial Regex WhoAreYou();
}
