// Charts drawn from the tables beside them: the table is the data, so both always agree and either is enough.
// The libraries are loaded only when a chart comes into view.
(() => {
  "use strict";
  const files = document.querySelector("meta[name=chart-files]");
  if (!files) return;
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  // As wide as the box lets it: without Antarctica the projection is 2.05 times as wide as high.
  const worldWidth = (box) => Math.min(box.clientWidth, box.clientHeight * 2.05);
  const loaded = new Map();
  let world = null;

  function load(address) {
    if (!loaded.has(address)) {
      loaded.set(address, new Promise((resolve, reject) => {
        const script = document.createElement("script");
        script.src = address;
        script.onload = resolve;
        script.onerror = () => reject(new Error(`${address} did not load`));
        document.head.append(script);
      }));
    }
    return loaded.get(address);
  }
  // A token's color as the browser resolves it for the theme that is on.
  const probe = document.createElement("span");
  probe.hidden = true;
  document.body.append(probe);
  function color(token) {
    probe.style.color = `var(--${token})`;
    return getComputedStyle(probe).color;
  }
  function faded(token, share) {
    probe.style.color = `color-mix(in srgb, var(--${token}) ${Math.round(share * 100)}%, var(--surface))`;
    const [red, green, blue] = getComputedStyle(probe).color.match(/[\d.]+/g).slice(0, 3).map(Number);
    const scale = getComputedStyle(probe).color.startsWith("color(") ? 255 : 1;
    return `rgb(${Math.round(red * scale)}, ${Math.round(green * scale)}, ${Math.round(blue * scale)})`;
  }
  const number = (value) => Number(value).toLocaleString("en-US");
  // What a row's link says and where it leads, and what the row's attributes say beyond that.
  function rowsOf(box) {
    const rows = document.getElementById(box.dataset.table)?.querySelectorAll("tbody tr") || [];
    return [...rows].map((row) => {
      const link = row.querySelector("a");
      return { name: link?.textContent, label: link?.textContent, href: link?.href, ...row.dataset };
    });
  }
  const font = () => getComputedStyle(document.body).fontFamily;
  function base() {
    return {
      animation: !calm.matches,
      animationDuration: 350,
      textStyle: { fontFamily: font(), color: color("ink-2") },
      // drawn on the canvas: a tooltip of elements would need inline styles, which the policy forbids
      tooltip: { renderMode: "richText", confine: true, backgroundColor: color("raised"), borderColor: color("line"), textStyle: { color: color("ink"), fontSize: 12, fontFamily: font() } },
    };
  }

  const makers = {
    volume(box) {
      const rows = rowsOf(box), measure = box.dataset.measure;
      return { ...base(),
        grid: { left: 4, right: 8, top: 12, bottom: 4, containLabel: true },
        tooltip: { ...base().tooltip, trigger: "axis", axisPointer: { type: "shadow", shadowStyle: { color: color("hover"), opacity: 0.6 } },
          formatter: ([point]) => { const row = rows[point.dataIndex]; return `${row.label}\n${number(row.articles)} articles · ${number(row.stories)} stories`; } },
        xAxis: { type: "category", data: rows.map((row) => row.short), axisTick: { show: false }, axisLine: { lineStyle: { color: color("line-strong") } }, axisLabel: { color: color("ink-3"), fontSize: 11, hideOverlap: true } },
        yAxis: { type: "value", minInterval: 1, splitNumber: 4, axisLabel: { color: color("ink-3"), fontSize: 11, formatter: number }, splitLine: { lineStyle: { color: color("line"), type: [2, 4] } } },
        series: [{ type: "bar", name: measure, cursor: "pointer", barCategoryGap: "28%", barMaxWidth: 30, data: rows.map((row) => ({ value: Number(row[measure]), href: row.href })), itemStyle: { color: color("accent"), opacity: 0.86, borderRadius: [2, 2, 0, 0] }, emphasis: { itemStyle: { opacity: 1 } } }],
      };
    },
    map(box) {
      const rows = rowsOf(box), top = Math.max(1, ...rows.map((row) => Number(row.value)));
      const projection = d3.geoNaturalEarth1();
      return { ...base(),
        tooltip: { ...base().tooltip, trigger: "item", formatter: (point) => (point.data ? `${point.data.title}\n${number(point.data.count)}` : "") },
        visualMap: { type: "continuous", show: false, min: 0, max: Math.log1p(top), inRange: { color: [faded("country", 0.22), faded("country", 0.62), color("country")] } },
        series: [{ type: "map", map: "world", nameProperty: "code", roam: "move", scaleLimit: { min: 1, max: 12 }, zoom: 1, cursor: "pointer",
          // d3's clipping stream cuts what crosses the antimeridian, which would smear Russia over the map
          projection: { project: (point) => projection(point), unproject: (point) => projection.invert(point), stream: projection.stream },
          layoutCenter: ["50%", "50%"], layoutSize: worldWidth(box),
          itemStyle: { areaColor: color("sunken"), borderColor: color("line"), borderWidth: 0.6 },
          emphasis: { label: { show: false }, itemStyle: { areaColor: color("accent") } }, select: { disabled: true },
          data: rows.map((row) => ({ name: row.code, title: row.name, value: Math.log1p(Number(row.value)), count: row.value, href: row.href })) }],
      };
    },
    network(box) {
      const rows = rowsOf(box), nodes = new Map(), top = Math.max(...rows.map((row) => Number(row.weight)));
      const meet = (id, name, kind, weight) => {
        const node = nodes.get(id) || { id, name, kind, weight: 0, href: `/entities/${id}/` };
        node.weight += weight;
        nodes.set(id, node);
      };
      for (const row of rows) {
        meet(row.one, row.oneName, row.oneKind, Number(row.weight));
        meet(row.other, row.otherName, row.otherKind, Number(row.weight));
      }
      const most = Math.max(...[...nodes.values()].map((node) => node.weight));
      return { ...base(),
        tooltip: { ...base().tooltip, trigger: "item", formatter: (point) => (point.dataType === "edge" ? `${point.data.title}\n${number(point.data.number)} articles name both` : point.name) },
        series: [{ type: "graph", layout: "force", roam: "move", draggable: true, cursor: "pointer", zoom: 1,
          force: { repulsion: 190, edgeLength: [40, 130], gravity: 0.12, friction: 0.25, layoutAnimation: false },
          label: { show: true, position: "right", color: color("ink"), fontSize: 11, formatter: ({ name }) => (name.length > 24 ? `${name.slice(0, 22)}…` : name) },
          labelLayout: { hideOverlap: true }, emphasis: { focus: "adjacency", lineStyle: { opacity: 0.9 } }, blur: { itemStyle: { opacity: 0.2 }, lineStyle: { opacity: 0.08 } },
          data: [...nodes.values()].map((node) => ({ ...node, symbolSize: 7 + 19 * Math.sqrt(node.weight / most), itemStyle: { color: color(kindToken(node.kind)), borderColor: color("surface"), borderWidth: 1.5 } })),
          links: rows.map((row) => ({ source: row.one, target: row.other, number: row.number, title: `${row.oneName} · ${row.otherName}`, href: row.href, lineStyle: { color: color("line-strong"), opacity: 0.4, width: 0.7 + 3.4 * (Number(row.weight) / top), curveness: 0.06 } })) }],
      };
    },
  };
  const tokens = { country: "country", company: "company", researcher: "researcher", person: "person", place: "place", product: "product", threat: "threat", malware: "threat", organization: "organization", government: "organization", igo: "organization", media: "organization" };
  const kindToken = (kind) => tokens[kind] || "observable";

  async function prepare(kind) {
    await load(files.content);
    if (kind !== "map" || world) return;
    const json = (address) => fetch(address).then((answer) => answer.json());
    const [atlas, codes] = await Promise.all([
      json(files.dataset.world), json(files.dataset.codes), load(files.dataset.topojson),
      load(files.dataset.d3Array).then(() => load(files.dataset.d3Geo)),
    ]);
    world = topojson.feature(atlas, atlas.objects.countries);
    world.features = world.features.filter((shape) => shape.id !== "010"); // Antarctica takes a third of the space
    for (const shape of world.features) shape.properties.code = codes[shape.id] || (shape.properties.name === "Kosovo" ? "XK" : shape.properties.name);
    echarts.registerMap("world", { geoJSON: world });
  }
  async function draw(box) {
    const kind = box.dataset.chart;
    await prepare(kind);
    const chart = echarts.getInstanceByDom(box) || echarts.init(box, null, { renderer: "canvas" });
    chart.setOption(makers[kind](box), true);
    if (box.classList.contains("is-drawn")) return;
    box.classList.add("is-drawn");
    chart.on("click", (point) => { if (point.data?.href) location.href = point.data.href; });
    new ResizeObserver(() => {
      chart.resize();
      if (kind === "map") chart.setOption({ series: [{ layoutSize: worldWidth(box) }] });
    }).observe(box);
    const zoom = box.parentElement.querySelector("[data-map-zoom]");
    if (kind !== "map" || !zoom) return;
    zoom.hidden = false;
    zoom.addEventListener("click", (event) => {
      const step = Number(event.target.closest("[data-zoom]")?.dataset.zoom ?? NaN);
      if (Number.isNaN(step)) return;
      const now = chart.getOption().series[0].zoom || 1;
      chart.setOption({ series: [step ? { zoom: Math.min(12, Math.max(1, now * step)) } : { zoom: 1, center: null }] });
    });
  }
  const seen = new IntersectionObserver((entries) => {
    for (const entry of entries) if (entry.isIntersecting) { seen.unobserve(entry.target); draw(entry.target); }
  }, { rootMargin: "200px" });
  function watch(root) {
    root.querySelectorAll("[data-chart]:not([data-watched])").forEach((box) => { box.dataset.watched = ""; seen.observe(box); });
    root.querySelectorAll("[data-chart-table]:not([data-met])").forEach((box) => { box.dataset.met = ""; box.open = false; });
  }
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => document.querySelectorAll("[data-chart].is-drawn").forEach(draw));
  document.addEventListener("htmx:afterSwap", () => watch(document));
  watch(document);
})();
