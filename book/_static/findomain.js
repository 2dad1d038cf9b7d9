/* Searchable tables. A page without one loads nothing; without scripts the whole table is simply there. */
(function () {
  "use strict";
  var base = document.currentScript.src.replace(/[^/]*$/, "");

  function add(element, attributes, done) {
    Object.assign(element, attributes);
    if (done) element.onload = done;
    document.head.appendChild(element);
  }

  function start(table) {
    var title = table.getAttribute("aria-label") || table.id;
    var rows = Number(table.dataset.rows) || 10;
    new window.findomainTables.ITable(table, {
      pageLength: rows,
      lengthMenu: [10, 25, 50, 100, { label: "all", value: -1 }],
      order: [],
      autoWidth: false,
      layout: {
        topStart: "search",
        topEnd: { buttons: [{ extend: "csvHtml5", text: "Download CSV", title: null, filename: table.id }] },
        bottomStart: "info",
        bottomEnd: table.tBodies[0].rows.length > rows ? "paging" : null,
      },
      language: {
        search: "Search",
        info: "_START_ to _END_ of _TOTAL_",
        infoFiltered: "(of _MAX_)",
        infoEmpty: "nothing found",
        zeroRecords: "No row matches.",
      },
    });
    var box = table.closest(".fd-box");
    var scroll = document.createElement("div");
    scroll.className = "fd-scroll";
    scroll.tabIndex = 0;
    scroll.setAttribute("role", "region");
    scroll.setAttribute("aria-label", title);
    table.parentNode.insertBefore(scroll, table);
    scroll.appendChild(table);
    box.querySelector("input[type=search]").setAttribute("aria-label", "Search: " + title);
    box.dataset.ready = "true";
  }

  document.addEventListener("DOMContentLoaded", function () {
    var tables = document.querySelectorAll(".fd-box > table");
    if (!tables.length) return;
    add(document.createElement("link"), { rel: "stylesheet", href: base + "datatables.css" });
    add(document.createElement("script"), { src: base + "datatables.js" }, function () {
      tables.forEach(start);
    });
  });
})();
