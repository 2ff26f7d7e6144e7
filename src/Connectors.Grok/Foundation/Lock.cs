#if !NET9_0_OR_GREATER
namespace Connectors.Grok.Foundation;

/// <summary>An object to lock, where the platform has no type for it.</summary>
internal sealed class Lock;
#endif
