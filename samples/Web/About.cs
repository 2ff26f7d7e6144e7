namespace Web;

/// <summary>The capabilities and limits of this node.</summary>
/// <param name="IsEmulated">Whether the emulator in this process answers instead of Grok.</param>
/// <param name="CanInjectFaults">Whether visitors can simulate failures.</param>
/// <param name="Model">The model that answers unless a message names another one.</param>
/// <param name="Models">The language models that a message may name; empty when the service does not list any.</param>
/// <param name="Unstored">Whether the service stores no answers by design, so that each message resends the conversation.</param>
/// <param name="MaxImages">The maximum number of images of a message.</param>
/// <param name="MaxImageBytes">The maximum size of an image, in bytes.</param>
/// <param name="MaxFiles">The maximum number of files of a message.</param>
/// <param name="MaxFileBytes">The maximum size of a file, in bytes.</param>
/// <param name="MaxText">The maximum length of a message, in characters.</param>
internal sealed record About(
    bool IsEmulated, bool CanInjectFaults, string Model, IReadOnlyList<ModelChoice> Models, bool Unstored, int MaxImages, int MaxImageBytes, int MaxFiles, int MaxFileBytes, int MaxText);

/// <summary>A model that a message may name.</summary>
/// <param name="Id">The name.</param>
/// <param name="Efforts">The reasoning efforts that it accepts; empty when it has none.</param>
internal sealed record ModelChoice(string Id, IReadOnlyList<string> Efforts);
