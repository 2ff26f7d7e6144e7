namespace Connectors.Grok.Redis;

/// <summary>The Lua scripts. Every key that a script uses is among its KEYS, and all of them are in one slot.</summary>
internal static class RedisScripts
{
    private static readonly string Common = Read("common");

    public static string Change { get; } = Common + Read("change");

    public static string Retire { get; } = Common + Read("retire");

    public static string Import { get; } = Common + Read("import");

    public static string Commit { get; } = Common + Read("commit");

    public static string Remove { get; } = Common + Read("remove");

    public static string Walk { get; } = Common + Read("walk");

    public static string Own { get; } = Common + Read("own");

    public static string LookUp { get; } = Common + Read("lookup");

    public static string Replace { get; } = Common + Read("replace");

    public static string Cut { get; } = Common + Read("cut");

    public static string Title { get; } = Common + Read("title");

    public static string Fence { get; } = Common + Read("fence");

    public static string Confirm { get; } = Common + Read("confirm");

    public static string Swap { get; } = Read("swap");

    private static string Read(string name)
    {
        using var stream = typeof(RedisScripts).Assembly.GetManifestResourceStream(name) ?? throw new InvalidOperationException($"The script '{name}' is missing.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }
}
