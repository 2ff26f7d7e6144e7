namespace Connectors.Grok.Tests.Support;

/// <summary>Whether only the tests of one room were compiled, as for mutation tests: thousands of changes run them, so that the slowest of them take part in whole runs only.</summary>
internal static class RoomRun
{
    public const bool IsOne =
#if ROOM
        true;
#else
        false;
#endif
}
