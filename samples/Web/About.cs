namespace Web;

/// <summary>The capabilities and limits of this node.</summary>
internal sealed record About(bool IsEmulated, bool CanInjectFaults, string Model, int MaxImages, int MaxImageBytes, int MaxText);
