using System.ComponentModel;
using Microsoft.SemanticKernel;

namespace Connectors.Grok.SemanticKernel.Tests.Support;

/// <summary>A plugin whose names hold underscores, as many do.</summary>
internal sealed class My_Weather
{
    public List<string> Asked { get; } = [];

    [KernelFunction("get_weather"), Description("The weather in a city.")]
    public string Get(string city)
    {
        Asked.Add(city);
        return $"Rain in {city}";
    }
}
