namespace Connectors.Grok.Mapping;

/// <summary>What a mapping could not carry over: nothing is dropped without a word.</summary>
/// <param name="isStrict">Whether an option that cannot be sent is an error (<c>AdditionalProperties["strict_options"] = true</c>).</param>
internal sealed class MappingNotes(bool isStrict)
{
    private List<string>? _dropped;

    /// <summary>What was dropped, one phrase each.</summary>
    public IReadOnlyList<string> Dropped => _dropped ?? [];

    /// <summary>An option that xAI's API refuses or has no word for.</summary>
    /// <exception cref="NotSupportedException">Options are strict.</exception>
    public void Option(string what)
    {
        if (isStrict)
        {
            throw new NotSupportedException($"xAI's Responses API does not take {what}, and {GrokKeys.StrictOptions} is set.");
        }

        Content(what);
    }

    /// <summary>Content that must not be sent, such as another provider's reasoning.</summary>
    public void Content(string what) => (_dropped ??= []).Add(what);
}
