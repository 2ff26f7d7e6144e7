namespace Web;

/// <summary>What this node is.</summary>
internal sealed record About(bool IsEmulated, bool CanBreak, string Model, int MaxImages, int MaxImageBytes, int MaxText);
