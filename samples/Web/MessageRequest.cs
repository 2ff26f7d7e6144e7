namespace Web;

/// <summary>A message to send.</summary>
/// <param name="Text">The text.</param>
/// <param name="Images">The images.</param>
/// <param name="After">The id of the parent turn; null for the head.</param>
/// <param name="Search">Whether the model may search the web.</param>
/// <param name="Fault">The failure to simulate with the emulator: <c>429</c>, <c>cut</c> or <c>stall</c>; null for none.</param>
internal sealed record MessageRequest(string? Text, IReadOnlyList<ImageUpload?>? Images, string? After, bool Search, string? Fault);

/// <summary>An uploaded image.</summary>
/// <param name="Data">The bytes, as base64.</param>
internal sealed record ImageUpload(byte[]? Data);

/// <summary>A request about a turn.</summary>
/// <param name="Turn">The turn's id.</param>
/// <param name="Search">Whether the model may search the web.</param>
/// <param name="Fault">The failure to simulate with the emulator; null for none.</param>
internal sealed record TurnRequest(string? Turn, bool Search, string? Fault);

/// <summary>A request to resume an unfinished answer.</summary>
/// <param name="KeepPartial">True to continue after the partial answer; false to ask again.</param>
internal sealed record ResumeRequest(bool KeepPartial);
