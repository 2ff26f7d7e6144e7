namespace Connectors.Grok.Architecture.Tests.Surfaces;

// Each type after the first one differs from it in one respect, which its name states.
public sealed class Plain
{
    public const int Limit = 1;

    public void Send(string text, int count = 1) => throw new NotSupportedException();
}

public sealed class OtherDefault
{
    public const int Limit = 1;

    public void Send(string text, int count = 2) => throw new NotSupportedException();
}

public sealed class OtherParameterName
{
    public const int Limit = 1;

    public void Send(string message, int count = 1) => throw new NotSupportedException();
}

public sealed class OtherNullability
{
    public const int Limit = 1;

    public void Send(string? text, int count = 1) => throw new NotSupportedException();
}

public sealed class OtherConstant
{
    public const int Limit = 2;

    public void Send(string text, int count = 1) => throw new NotSupportedException();
}

public sealed class OtherMarks
{
    public const int Limit = 1;

    [Obsolete("Use another one.")]
    public void Send(string text, int count = 1) => throw new NotSupportedException();
}
