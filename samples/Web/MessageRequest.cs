namespace Web;

/// <summary>A message to send.</summary>
/// <param name="Text">What is said.</param>
/// <param name="Images">Images that go with it.</param>
/// <param name="After">The turn to follow; null for the last one.</param>
/// <param name="Search">Whether the model may search the web.</param>
/// <param name="Fault">With the emulator: what shall go wrong (<c>429</c>, <c>cut</c>, <c>stall</c>).</param>
internal sealed record MessageRequest(string? Text, IReadOnlyList<ImageUpload?>? Images, string? After, bool Search, string? Fault);

/// <summary>An image.</summary>
/// <param name="Data">Its bytes, as base64.</param>
internal sealed record ImageUpload(byte[]? Data);

/// <summary>A turn of a conversation.</summary>
/// <param name="Turn">The turn's id.</param>
/// <param name="Search">Whether the model may search the web.</param>
/// <param name="Fault">With the emulator: what shall go wrong.</param>
internal sealed record TurnRequest(string? Turn, bool Search, string? Fault);

/// <summary>How an unfinished answer is taken up.</summary>
/// <param name="KeepWhatCame">True to go on after what came, false to ask once more.</param>
internal sealed record ResumeRequest(bool KeepWhatCame);
